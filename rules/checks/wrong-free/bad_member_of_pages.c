/* config: MMU=y   arch: x86   path: mm/demo.c */
static int demo_get_page(void **page)
{
	*page = (void *)__get_free_page(GFP_KERNEL);
	if (!*page)
		return -ENOMEM;
	memset(*page, 0, PAGE_SIZE);
	return 0;
}

int demo_setup(struct demo *d)
{
	d->event_page = NULL;
	return demo_get_page(&d->event_page);
}

void demo_disable(struct demo *d)
{
	demo_stop(d);
	memunmap(d->event_page);	/* BAD: demo_get_page() gets it by */
	d->event_page = NULL;
}
