#include <linux/mm.h>
#include <linux/present.h>

void online_page(struct page *page)
{
	if (!page_is_present(page))
		map_pages(page, 1, 1);
}
