/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_grow(struct demo *d, int count)
{
	struct page *page = cma_alloc(d->cma, count, 0, false);

	if (!page)
		return -ENOMEM;
	if (demo_map(d, page)) {
		__free_pages(page, 0);	/* BAD: cma_release */
		return -EIO;
	}
	d->page = page;
	return 0;
}
