/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_populate(struct demo *d, unsigned long size)
{
	void *area = NULL;

	if (size >= d->most) {
		size = d->most;
		demo_area(d->node, d->flags);
	}

	return demo_note(d, area, size);
}
