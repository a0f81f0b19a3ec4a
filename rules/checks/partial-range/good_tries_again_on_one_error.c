/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */

int demo_get(struct demo *demo)
{
	int err;

	do {
		demo->page = demo_next(demo);
		err = set_direct_map_invalid_noflush(demo->page);
		if (err)
			return err;
		err = demo_add(demo);
		if (err)
			WARN_ON(set_direct_map_default_noflush(demo->page));
	} while (err == -EAGAIN);
	flush_tlb_all();
	return err;
}
