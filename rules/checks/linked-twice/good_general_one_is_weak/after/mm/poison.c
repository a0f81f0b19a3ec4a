#include <linux/mm.h>

void __weak __kernel_map_pages(struct page *page, int numpages, int enable)
{
}
