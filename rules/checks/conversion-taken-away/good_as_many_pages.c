/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64   path: mm/demo.c */
int demo_protect(unsigned long start, unsigned long end, bool protect)
{
	unsigned int pages;

	if (!end || start > end)
		return 0;

	pages = PFN_DOWN(end) + 1 - PFN_DOWN(start);
	if (protect)
		return set_memory_ro(start, pages);
	return set_memory_rw(start, PFN_DOWN(end) - PFN_DOWN(start) + 1);
}

void demo_hide(struct page *page, unsigned int order)
{
	unsigned long size = PAGE_SIZE << order, addr = (unsigned long)page_address(page);
	unsigned long behind = addr + size;

	if (set_direct_map_invalid_noflush(page))
		pr_warn("still there\n");
	flush_tlb_kernel_range(behind - size, behind);
}
