/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */
int demo_hide(struct demo *demo, struct folio *folio)
{
	struct page *page = demo_find(demo);
	unsigned long addr;
	int err;

	if (!page) {
		page = &folio->page;
		err = set_direct_map_invalid_noflush(folio_page(folio, 0));
		if (err)
			return err;
		err = demo_insert(demo, folio);
		if (err) {
			set_direct_map_default_noflush(page);
			return err;
		}
		addr = (unsigned long)page_address(page);
		flush_tlb_kernel_range(addr, addr + PAGE_SIZE);
	}
	return demo_use(demo, page);
}
