/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */

int demo_hide(struct demo *demo, struct page *page)
{
	int err = set_direct_map_invalid_noflush(page);	/* BAD */

	if (err)
		return err;
	demo->hidden = true;
	return 0;
}
