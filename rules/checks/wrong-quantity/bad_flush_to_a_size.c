/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64   path: mm/demo.c */
void demo_hide(struct page *page)
{
	unsigned long addr = (unsigned long)page_address(page);

	if (set_direct_map_invalid_noflush(page))
		pr_warn_once("Failed to remap page\n");
	flush_tlb_kernel_range(addr, PAGE_SIZE);	/* BAD: bytes | the address behind the range */
}

void demo_hide_twice(struct page *page)
{
	unsigned long addr = (unsigned long)page_address(page);

	if (set_direct_map_invalid_noflush(page))
		pr_warn_once("Failed to remap page\n");
	flush_tlb_kernel_range(addr, addr);	/* BAD: nothing in that range */
}
