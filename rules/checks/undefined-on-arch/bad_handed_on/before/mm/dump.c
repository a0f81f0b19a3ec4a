#include <linux/mm.h>

int dump_pages(struct page *page)
{
	return for_each_page_of(page, kernel_page_present);
}
