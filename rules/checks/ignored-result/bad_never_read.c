/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */
void demo_hide(struct page *page)
{
	int err;

	err = set_direct_map_invalid_noflush(page);	/* BAD */
	flush_tlb_kernel_range((unsigned long)page_address(page),
			       (unsigned long)page_address(page) + PAGE_SIZE);
}
