/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */

int demo_hide(struct demo *demo, struct page *page)
{
	unsigned long addr = (unsigned long)page_address(page);
	int err = set_direct_map_invalid_noflush(page);	/* BAD */

	if (err)
		return err;
	if (demo->lazy)
		return 0;
	flush_tlb_kernel_range(addr, addr + PAGE_SIZE);
	return 0;
}
