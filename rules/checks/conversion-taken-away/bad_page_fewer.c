/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64   path: mm/demo.c */
int demo_protect(unsigned long start, unsigned long end, bool protect)
{
	unsigned int pages;

	if (!end || start > end)
		return 0;

	pages = PFN_DOWN(end) - PFN_DOWN(start);	/* BAD: set_memory_ro() and set_memory_rw() for 1 page fewer */
	if (protect)
		return set_memory_ro(start, pages);
	return set_memory_rw(start, pages);
}

void demo_hide(struct page *page, unsigned int order)
{
	unsigned long addr = (unsigned long)page_address(page);

	if (set_direct_map_invalid_noflush(page))
		pr_warn("still there\n");
	flush_tlb_kernel_range(addr, addr + (PAGE_SIZE << order) - PAGE_SIZE);	/* BAD: 1 page fewer */
}
