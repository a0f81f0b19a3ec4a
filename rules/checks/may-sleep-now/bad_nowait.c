/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_grow(struct demo *d)
{
	d->page = alloc_pages(GFP_KERNEL, 0);	/* BAD */
	return d->page ? 0 : -ENOMEM;
}
