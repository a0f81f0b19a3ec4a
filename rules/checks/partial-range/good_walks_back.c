/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */

int demo_hide_all(struct page **pages, int count)
{
	int i, err;

	for (i = 0; i < count; i++) {
		err = set_direct_map_invalid_noflush(pages[i]);
		if (err)
			goto undo;
	}
	flush_tlb_all();
	return 0;

undo:
	while (i--)
		WARN_ON(set_direct_map_default_noflush(pages[i]));
	return err;
}
