/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_free_ring(struct demo *d)
{
	if (d->page) {
		if (!d->handle.decrypted)
			__free_pages(d->page, d->order);
		d->page = NULL;
	}
}
