/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */

int demo_hide(struct demo *demo, struct page *page)
{
	unsigned long addr = (unsigned long)page_address(page);
	int err;

	err = set_direct_map_invalid_noflush(page);
	if (err)
		return err;
	err = demo_insert(demo, page);
	if (err) {
		set_direct_map_default_noflush(page);
		return err;
	}
	flush_tlb_kernel_range(addr, addr + PAGE_SIZE);
	return 0;
}
