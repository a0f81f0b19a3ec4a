/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_free(struct demo *d)
{
	if (!demo_is_on(d))
		return;
	if (demo_take_back(d))
		goto keep_page;
	__free_page(d->page);

keep_page:
	demo_unmap_all(d);
}
