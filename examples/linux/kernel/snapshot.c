// SPDX-License-Identifier: GPL-2.0
/* Copies pages for the image that is written to disk. */
#include <linux/mm.h>
#include <linux/set_memory.h>

int snapshot_copy_page(void *to, struct page *page)
{
	if (!kernel_page_present(page))
		return -EFAULT;
	memcpy(to, page_address(page), PAGE_SIZE);
	return 0;
}
