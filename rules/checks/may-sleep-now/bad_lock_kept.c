/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_split(struct demo *d)
{
	struct page *page;

	page = alloc_pages(GFP_KERNEL, 0);	/* BAD: gave its caller's lock up */
	return page ? demo_fill(d, page) : -ENOMEM;
}
