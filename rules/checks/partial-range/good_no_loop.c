/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */

int demo_hide(struct page *page)
{
	int err = set_direct_map_invalid_noflush(page);

	if (err)
		return err;
	flush_tlb_all();
	return 0;
}
