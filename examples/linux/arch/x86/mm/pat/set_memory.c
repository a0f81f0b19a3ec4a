// SPDX-License-Identifier: GPL-2.0
/* Changes the attributes of kernel mappings; may have to split a large leaf first. */
#include <linux/mm.h>
#include <linux/set_memory.h>

static int split_leaf(unsigned long addr)
{
	void *table = alloc_table(GFP_KERNEL);

	if (!table)
		return -ENOMEM;
	return install_table(addr, table);
}

static int change_attr(unsigned long addr, int numpages, pgprot_t set, pgprot_t clear)
{
	int ret, i;

	for (i = 0; i < numpages; i++, addr += PAGE_SIZE) {
		if (leaf_is_large(addr)) {
			ret = split_leaf(addr);
			if (ret)
				return ret;
		}
		write_entry(addr, set, clear);
	}
	return 0;
}

int set_memory_ro(unsigned long addr, int numpages)
{
	int ret = change_attr(addr, numpages, __pgprot(0), __pgprot(_PAGE_RW));

	flush_tlb_kernel_range(addr, addr + numpages * PAGE_SIZE);
	return ret;
}

int set_memory_rw(unsigned long addr, int numpages)
{
	int ret = change_attr(addr, numpages, __pgprot(_PAGE_RW), __pgprot(0));

	flush_tlb_kernel_range(addr, addr + numpages * PAGE_SIZE);
	return ret;
}

int set_direct_map_invalid_noflush(struct page *page)
{
	return change_attr((unsigned long)page_address(page), 1, __pgprot(0), __pgprot(_PAGE_PRESENT));
}

int set_direct_map_default_noflush(struct page *page)
{
	return change_attr((unsigned long)page_address(page), 1, __pgprot(_PAGE_PRESENT), __pgprot(0));
}

bool kernel_page_present(struct page *page)
{
	return leaf_is_present((unsigned long)page_address(page));
}

int set_memory_np(unsigned long addr, int numpages)
{
	return change_attr(addr, numpages, __pgprot(0), __pgprot(_PAGE_PRESENT));
}

int set_memory_encrypted(unsigned long addr, int numpages)
{
	int ret = change_attr(addr, numpages, __pgprot(_PAGE_ENC), __pgprot(0));

	flush_tlb_kernel_range(addr, addr + numpages * PAGE_SIZE);
	return ret ? ret : tell_hypervisor(addr, numpages, true);
}

int set_memory_decrypted(unsigned long addr, int numpages)
{
	int ret = change_attr(addr, numpages, __pgprot(0), __pgprot(_PAGE_ENC));

	flush_tlb_kernel_range(addr, addr + numpages * PAGE_SIZE);
	return ret ? ret : tell_hypervisor(addr, numpages, false);
}

#ifdef CONFIG_DEBUG_PAGEALLOC
void __kernel_map_pages(struct page *page, int numpages, int enable)
{
	/* The whole direct map is made of pages here, so nothing has to be split. */
	if (enable)
		change_attr((unsigned long)page_address(page), numpages, __pgprot(_PAGE_PRESENT), __pgprot(0));
	else
		change_attr((unsigned long)page_address(page), numpages, __pgprot(0), __pgprot(_PAGE_PRESENT));
}
#endif
