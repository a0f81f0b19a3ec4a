#include <linux/mm.h>

bool kernel_page_present(struct page *page)
{
	return lookup_address(page) != NULL;
}
