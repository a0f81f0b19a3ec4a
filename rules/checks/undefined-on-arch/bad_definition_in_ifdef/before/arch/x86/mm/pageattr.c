#include <linux/mm.h>

bool kernel_page_present(struct page *page)	/* BAD */
{
	return lookup_address(page) != NULL;
}
