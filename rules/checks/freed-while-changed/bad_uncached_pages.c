/* config: MMU=y   arch: x86   path: drivers/gpu/demo.c */
int demo_pin(struct demo *d, struct page **pages, int n)
{
	int ret, i;

	set_pages_array_wc(pages, n);
	ret = demo_insert(d, pages, n);
	if (ret < 0) {
		for (i = 0; i < n; i++)
			__free_page(pages[i]);	/* BAD: set_pages_array_wc */
		return ret;
	}
	d->pages = pages;
	return 0;
}
