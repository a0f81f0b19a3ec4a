/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */

static void demo_settle(unsigned long addr)
{
	flush_tlb_kernel_range(addr, addr + 4 * PAGE_SIZE);
}

int demo_hide(struct demo *demo, struct page *page)
{
	int err = set_direct_map_invalid_noflush(page);

	if (!err)
		demo_settle((unsigned long)page_address(page));
	return err;
}
