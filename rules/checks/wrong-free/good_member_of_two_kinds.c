/* config: MMU=y   arch: x86   path: mm/demo.c */
static int demo_get_page(void **page)
{
	*page = (void *)__get_free_page(GFP_KERNEL);
	return *page ? 0 : -ENOMEM;
}

int demo_setup(struct demo *d)
{
	if (!d->mapped)
		return demo_get_page(&d->event_page);
	d->event_page = memremap(d->base, PAGE_SIZE, MEMREMAP_WB);
	return d->event_page ? 0 : -ENOMEM;
}

void demo_disable(struct demo *d)
{
	if (d->mapped)
		memunmap(d->event_page);
}
