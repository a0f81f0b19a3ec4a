#ifdef CONFIG_ARCH_HAS_SET_DIRECT_MAP
#include <asm/set_memory.h>
#else
static inline int set_direct_map_invalid_noflush(struct page *page) { return 0; }
#endif
