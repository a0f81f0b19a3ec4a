#include <linux/demo.h>

#if defined(CONFIG_DEBUG_PAGEALLOC) || defined(CONFIG_ARCH_HAS_SET_DIRECT_MAP)
void snapshot(struct page *page)
{
	demo_map(page, 1);
}
#endif
