/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_write(struct demo *d, void *buffer)
{
	unsigned long offset;

	if (d->full) {
		offset = demo_block(d);
		if (!offset)
			return -ENOSPC;
		d->next = offset;
	}

	offset = demo_block(d);
	demo_put(buffer, offset);
	return 0;
}
