/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */
int demo_hide(struct demo *demo, struct page *page)
{
	int err = set_direct_map_invalid_noflush(page);

	if (err)
		return err;
	err = demo_insert(demo, page);
	if (err) {
		put_page(page);	/* BAD */
		set_direct_map_default_noflush(page);
	}
	return err;
}
