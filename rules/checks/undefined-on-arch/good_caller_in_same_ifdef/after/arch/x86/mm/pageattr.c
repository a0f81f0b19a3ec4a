#include <linux/mm.h>

#ifdef CONFIG_HIBERNATION
bool kernel_page_present(struct page *page)
{
	return lookup_address(page) != NULL;
}
#endif
