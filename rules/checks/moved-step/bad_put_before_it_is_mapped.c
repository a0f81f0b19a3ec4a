/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86   path: mm/demo.c */
void demo_drop(struct folio *folio)
{
	struct page *page = &folio->page;

	folio_put(folio);	/* BAD: which brings memory back */
	set_direct_map_default_noflush(page);
}
