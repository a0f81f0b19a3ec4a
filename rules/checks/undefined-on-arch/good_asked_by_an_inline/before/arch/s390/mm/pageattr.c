#include <linux/mm.h>

void __kernel_map_pages(struct page *page, int numpages, int enable)
{
	change_bits(page, numpages, enable);
}
