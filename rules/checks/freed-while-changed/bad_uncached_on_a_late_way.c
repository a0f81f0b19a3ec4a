/* config: MMU=y   arch: x86   path: drivers/gpu/demo.c */
int demo_take(struct demo *d, int order)
{
	d->base = __get_free_pages(GFP_KERNEL, order);
	if (!d->base)
		return -ENOMEM;
	if (set_memory_uc(d->base, 1 << order)) {
		d->base = 0;
		return -EIO;
	}
	if (demo_reaches(d)) {
		free_pages(d->base, order);	/* BAD: set_memory_uc */
		return -ENOMEM;
	}
	return 0;
}
