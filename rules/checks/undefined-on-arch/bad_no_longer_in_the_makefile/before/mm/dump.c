#include <linux/mm.h>

int dump_page_state(struct page *page)
{
	if (!page || IS_ERR(page))
		return -EINVAL;
	if (!kernel_page_present(page))
		return -EFAULT;
	return 0;
}
