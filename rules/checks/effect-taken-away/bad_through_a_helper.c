/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_events(struct demo *d)
{
	d->events = (void *)__get_free_pages(GFP_KERNEL, 2);

	return d->events ? 0 : -ENOMEM;	/* BAD */
}
