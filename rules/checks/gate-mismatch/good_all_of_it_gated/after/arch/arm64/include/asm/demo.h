#include <asm/set_memory.h>

#ifdef CONFIG_KFENCE
extern phys_addr_t early_pool;
#endif
