/* config: MMU=y   arch: x86 */
int demo_take(struct demo *d, int order)
{
	d->base = __get_free_pages(GFP_KERNEL, order);
	if (!d->base)
		return -ENOMEM;
	set_memory_uc(d->base, 1 << order);
	if (demo_reaches(d)) {
		set_memory_wb(d->base, 1 << order);
		free_pages(d->base, order);
		return -ENOMEM;
	}
	return 0;
}
