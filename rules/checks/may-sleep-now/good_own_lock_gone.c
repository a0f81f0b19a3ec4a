/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_split(struct demo *d)
{
	struct page *page;

	page = alloc_pages(GFP_KERNEL, 0);
	mutex_lock(&d->mutex);
	demo_note(d);
	demo_fill(d, page);
	mutex_unlock(&d->mutex);
	return page ? 0 : -ENOMEM;
}
