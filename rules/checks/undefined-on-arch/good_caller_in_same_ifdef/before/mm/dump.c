#include <linux/mm.h>

int dump_page_state(struct page *page)
{
	if (IS_ENABLED(CONFIG_HIBERNATION) && !kernel_page_present(page))
		return -EFAULT;
	return 0;
}
