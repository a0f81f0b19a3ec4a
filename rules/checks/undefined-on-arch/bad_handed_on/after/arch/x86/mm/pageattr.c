#include <linux/mm.h>

static int clear_page(struct page *page)
{
	return lookup_address(page) != NULL;
}

static bool kernel_page_present(struct page *page)
{
	return clear_page(page);
}
