/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_free_ring(struct demo *d)
{
	if (d->page) {
		__free_pages(d->page, d->order);	/* BAD: only where */
		d->page = NULL;
	}
}
