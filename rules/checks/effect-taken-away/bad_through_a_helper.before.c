/* config: MMU=y   arch: x86   path: mm/demo.c */
static void *demo_pages(gfp_t gfp, int order)
{
	void *buf = (void *)__get_free_pages(gfp, order);

	if (buf && set_memory_4k((unsigned long)buf, 1 << order)) {
		free_pages((unsigned long)buf, order);
		buf = NULL;
	}
	return buf;
}

int demo_events(struct demo *d)
{
	d->events = demo_pages(GFP_KERNEL, 2);

	return d->events ? 0 : -ENOMEM;
}
