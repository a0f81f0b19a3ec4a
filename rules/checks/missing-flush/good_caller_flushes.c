/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */

static int demo_hide_one(struct page *page)
{
	return set_direct_map_invalid_noflush(page);
}

int demo_hide(struct page *page)
{
	unsigned long addr = (unsigned long)page_address(page);
	int err = demo_hide_one(page);

	flush_tlb_kernel_range(addr, addr + PAGE_SIZE);
	return err;
}
