/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 loongarch */

int demo_hide_all(struct demo *demo)
{
	int i, err;

	for (i = 0; i < demo->nr; i++) {
		err = set_direct_map_invalid_noflush(demo->pages[i]);	/* BAD */
		if (err)
			goto undo;
	}
	demo_flush(demo);
	return 0;
undo:
	while (i--)
		WARN_ON(set_direct_map_default_noflush(demo->pages[i]));
	return err;
}
