// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/set_memory.h>

static int change_range(unsigned long addr, int numpages, pgprot_t set, pgprot_t clear)
{
	return apply_to_page_range(&init_mm, addr, numpages * PAGE_SIZE, change_page, &set);
}

int set_memory_ro(unsigned long addr, int numpages)
{
	int ret;

	if (!find_vm_area((void *)addr))
		return -EINVAL;
	ret = change_range(addr, numpages, __pgprot(_PAGE_READ), __pgprot(_PAGE_WRITE));
	flush_tlb_kernel_range(addr, addr + numpages * PAGE_SIZE);
	return ret;
}

int set_memory_rw(unsigned long addr, int numpages)
{
	int ret;

	if (!find_vm_area((void *)addr))
		return -EINVAL;
	ret = change_range(addr, numpages, __pgprot(_PAGE_WRITE), __pgprot(_PAGE_READ));
	flush_tlb_kernel_range(addr, addr + numpages * PAGE_SIZE);
	return ret;
}

int set_direct_map_invalid_noflush(struct page *page)
{
	return change_range((unsigned long)page_address(page), 1, __pgprot(0), __pgprot(_PAGE_PRESENT));
}

int set_direct_map_default_noflush(struct page *page)
{
	return change_range((unsigned long)page_address(page), 1, __pgprot(_PAGE_PRESENT), __pgprot(0));
}

#ifdef CONFIG_DEBUG_PAGEALLOC
void __kernel_map_pages(struct page *page, int numpages, int enable)
{
	if (!debug_pagealloc_enabled())
		return;
	change_range((unsigned long)page_address(page), numpages,
		     __pgprot(enable ? _PAGE_PRESENT : 0), __pgprot(enable ? 0 : _PAGE_PRESENT));
}
#endif
