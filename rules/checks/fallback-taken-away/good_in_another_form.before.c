/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_fault(struct demo *d, gfp_t gfp)
{
	struct page *page;

	page = demo_find(d->cache);
	if (!page) {
		page = demo_make_page(gfp);
		if (!page)
			return -ENOMEM;
		demo_list(d, page);
	}
	d->page = page;
	return 0;
}
