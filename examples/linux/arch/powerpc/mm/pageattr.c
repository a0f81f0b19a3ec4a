// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/set_memory.h>

int set_memory_ro(unsigned long addr, int numpages)
{
	if (leaf_is_large(addr))
		return -EINVAL;
	return apply_to_page_range(&init_mm, addr, numpages * PAGE_SIZE, change_page, (void *)SET_MEMORY_RO);
}

int set_memory_rw(unsigned long addr, int numpages)
{
	if (leaf_is_large(addr))
		return -EINVAL;
	return apply_to_page_range(&init_mm, addr, numpages * PAGE_SIZE, change_page, (void *)SET_MEMORY_RW);
}

#ifdef CONFIG_DEBUG_PAGEALLOC
void __kernel_map_pages(struct page *page, int numpages, int enable)
{
	change_hash(page, numpages, enable);
}
#endif
