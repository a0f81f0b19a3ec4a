#include <linux/mm.h>

void __kernel_map_pages(struct page *page, int numpages, int enable) /* BAD error: map_pages() */
{
	change_bits(page, numpages, enable);
}
