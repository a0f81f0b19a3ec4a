/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */
int demo_hide(struct demo *demo, struct folio *folio)
{
	struct page *page = demo_find(demo);
	int err;

	if (!page) {
		page = &folio->page;
		err = set_direct_map_invalid_noflush(&folio->page);
		if (err)
			return err;
		err = demo_insert(demo, folio);
		if (err) {
			if (!set_direct_map_default_noflush(page))
				folio_put(folio);
			return err;
		}
	}
	return demo_use(demo, page);
}
