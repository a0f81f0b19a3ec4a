static int __set_memory(unsigned long addr, int numpages, pgprot_t set_mask, pgprot_t clear_mask)
{
	int ret = walk_range(addr, addr + numpages * PAGE_SIZE, set_mask, clear_mask);

	flush_tlb_kernel_range(addr, addr + numpages * PAGE_SIZE);
	return ret;
}

int set_direct_map_invalid_noflush(struct page *page)	/* BAD */
{
	return __set_memory((unsigned long)page_address(page), 1, __pgprot(0), __pgprot(_PAGE_PRESENT));
}
