/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_change(struct page *page, unsigned long start, unsigned long end)
{
	unsigned long alias;

	alias = (unsigned long)page_address(page);
	apply_to_page_range(&init_mm, alias, PAGE_SIZE, demo_entry, NULL);
	apply_to_page_range(&init_mm, start, end - start, demo_entry, NULL);
	flush_tlb_kernel_range(start, end);	/* BAD: changes what lies at 'alias' */
	return 0;
}
