/* config: MMU=y   arch: x86   path: drivers/gpu/demo.c */
int demo_pin(struct demo *d, struct page **pages, int n)
{
	int ret, i;

	set_pages_array_wc(pages, n);
	ret = demo_insert(d, pages, n);
	if (ret < 0) {
		for (i = 0; i < n; i++) {
			set_pages_wb(pages[i], 1);
			__free_page(pages[i]);
		}
		return ret;
	}
	d->pages = pages;
	return 0;
}

int demo_pin_some(struct demo *d, struct page **pages, int n)
{
	int ret;

	if (!d->cached)
		set_pages_array_uc(pages, n);
	ret = demo_insert(d, pages, n);
	if (ret < 0) {
		if (!d->cached)
			set_pages_array_wb(pages, n);
		drm_gem_put_pages(&d->base, pages, true, false);
	}
	return ret;
}
