/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_split(struct demo *d)
{
	struct page *page;

	spin_unlock(&d->lock);
	page = alloc_pages(GFP_KERNEL, 0);
	spin_lock(&d->lock);
	return page ? demo_fill(d, page) : -ENOMEM;
}
