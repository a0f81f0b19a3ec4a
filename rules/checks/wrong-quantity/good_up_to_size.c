/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
int demo_take(struct demo *d, unsigned int count)
{
	unsigned long start = bitmap_find_next_zero_area(d->map, d->bits, 0, count, 0);

	if (start >= d->bits)
		return -ENOSPC;
	if (start > d->last)
		d->last = start;
	return start;
}
