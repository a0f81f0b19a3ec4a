/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */

static void demo_release(struct demo *demo)
{
	int i;

	for (i = 0; i < demo->nr; i++)
		WARN_ON(set_direct_map_default_noflush(demo->pages[i]));
	kfree(demo);
}

int demo_hide(struct demo *demo)
{
	int i, err;

	for (i = 0; i < demo->nr; i++) {
		err = set_direct_map_invalid_noflush(demo->pages[i]);
		if (err)
			return err;
	}
	flush_tlb_all();
	return 0;
}
