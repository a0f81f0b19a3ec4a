// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/set_memory.h>

bool can_set_direct_map(void)
{
	return rodata_full || debug_pagealloc_enabled();
}

static int change_range(unsigned long addr, int numpages, pgprot_t set, pgprot_t clear)
{
	return apply_to_page_range(&init_mm, addr, numpages * PAGE_SIZE, change_page, &set);
}

int set_memory_ro(unsigned long addr, int numpages)
{
	int ret;

	if (!find_vm_area((void *)addr))
		return -EINVAL;
	ret = change_range(addr, numpages, __pgprot(PTE_RDONLY), __pgprot(PTE_WRITE));
	flush_tlb_kernel_range(addr, addr + numpages * PAGE_SIZE);
	return ret;
}

int set_memory_rw(unsigned long addr, int numpages)
{
	int ret;

	if (!find_vm_area((void *)addr))
		return -EINVAL;
	ret = change_range(addr, numpages, __pgprot(PTE_WRITE), __pgprot(PTE_RDONLY));
	flush_tlb_kernel_range(addr, addr + numpages * PAGE_SIZE);
	return ret;
}

int set_direct_map_invalid_noflush(struct page *page)
{
	if (!rodata_full)
		return 0;
	return change_range((unsigned long)page_address(page), 1, __pgprot(0), __pgprot(PTE_VALID));
}

int set_direct_map_default_noflush(struct page *page)
{
	if (!rodata_full)
		return 0;
	return change_range((unsigned long)page_address(page), 1, __pgprot(PTE_VALID), __pgprot(0));
}

bool kernel_page_present(struct page *page)
{
	return !can_set_direct_map() || pte_valid(*lookup(page_address(page)));
}

#ifdef CONFIG_DEBUG_PAGEALLOC
void __kernel_map_pages(struct page *page, int numpages, int enable)
{
	if (!debug_pagealloc_enabled() && !rodata_full)
		return;
	change_range((unsigned long)page_address(page), numpages,
		     __pgprot(enable ? PTE_VALID : 0), __pgprot(enable ? 0 : PTE_VALID));
}
#endif
