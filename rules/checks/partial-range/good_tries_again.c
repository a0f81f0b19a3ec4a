/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */

int demo_get(struct demo *demo, struct demo_item *item)
{
	int err;

again:
	item->page = demo_find(demo, item->key);
	if (!item->page)
		return -ENOMEM;
	err = set_direct_map_invalid_noflush(item->page);
	if (err)
		return err;
	err = demo_add(demo, item);
	if (err) {
		set_direct_map_default_noflush(item->page);
		if (err == -EEXIST)
			goto again;
		return err;
	}
	flush_tlb_all();
	return 0;
}
