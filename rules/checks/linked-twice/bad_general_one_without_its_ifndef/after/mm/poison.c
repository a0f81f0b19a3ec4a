#include <linux/mm.h>

void __kernel_map_pages(struct page *page, int numpages, int enable) /* BAD error: it does not link */
{
}
