/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */

int demo_hide_all(struct page **pages, int count)
{
	int i, err;

	for (i = 0; i < count; i++) {
		err = set_direct_map_invalid_noflush(pages[i]);	/* BAD */
		if (err)
			return err;
	}
	flush_tlb_all();
	return 0;
}
