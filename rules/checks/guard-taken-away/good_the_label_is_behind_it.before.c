/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_free(struct demo *d)
{
	if (!demo_is_on(d))
		return;
	__free_page(d->page);
	demo_unmap_all(d);
}
