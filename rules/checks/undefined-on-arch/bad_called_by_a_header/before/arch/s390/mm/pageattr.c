#include <linux/mm.h>

#if defined(CONFIG_DEBUG_PAGEALLOC) || defined(CONFIG_KFENCE)
void __kernel_map_pages(struct page *page, int numpages, int enable) /* BAD error: kfence_protect_page() */
{
	change_bits(page, numpages, enable);
}
#endif
