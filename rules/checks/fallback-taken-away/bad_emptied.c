/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_fault(struct demo *d, gfp_t gfp)
{
	struct page *page;

	page = demo_find(d->cache);	/* BAD */
	if (!page)
		demo_note(d);
	if (!page)
		return -ENOMEM;
	d->page = page;
	return 0;
}
