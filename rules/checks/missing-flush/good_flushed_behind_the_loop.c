/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */

int demo_hide_all(struct demo *demo)
{
	int i, err;

	for (i = 0; i < demo->nr; i++) {
		err = set_direct_map_invalid_noflush(demo->pages[i]);
		if (err)
			goto undo;
	}
	flush_tlb_kernel_range(demo->start, demo->end);
	return 0;
undo:
	while (i--)
		set_direct_map_default_noflush(demo->pages[i]);
	return err;
}
