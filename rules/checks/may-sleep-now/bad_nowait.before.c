/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_grow(struct demo *d)
{
	d->page = alloc_pages(GFP_NOWAIT, 0);
	return d->page ? 0 : -ENOMEM;
}
