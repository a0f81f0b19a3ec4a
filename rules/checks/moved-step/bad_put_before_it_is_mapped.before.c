/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86   path: mm/demo.c */
void demo_drop(struct folio *folio)
{
	struct page *page = &folio->page;

	set_direct_map_default_noflush(page);
	folio_put(folio);
}
