#include <linux/mm.h>

void online_page(struct page *page)
{
	if (debug_pagealloc_on())
		map_pages(page, 1, 1);
}
