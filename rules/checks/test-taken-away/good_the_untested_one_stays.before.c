/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_write(struct demo *d, void *buffer)
{
	unsigned long offset;

	offset = demo_block(d);
	demo_put(buffer, offset);
	if (d->full) {
		offset = demo_block(d);
		if (!offset)
			return -ENOSPC;
		d->next = offset;
	}
	return 0;
}
