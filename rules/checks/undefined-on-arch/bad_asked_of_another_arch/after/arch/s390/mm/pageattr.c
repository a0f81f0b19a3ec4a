#include <linux/mm.h>

#ifdef CONFIG_DEBUG_PAGEALLOC
void __kernel_map_pages(struct page *page, int numpages, int enable)
{
	change_bits(page, numpages, enable);
}
#endif
