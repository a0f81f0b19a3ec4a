/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86   path: mm/demo.c */
int demo_read(struct demo *d, int size)
{
	void *part;
	int ret = demo_part(d, size, &part);

	if (ret < 0)
		return ret;
	if (size > d->size)
		return -EINVAL;	/* BAD */
	ret = demo_copy(d, part);
	kvfree(part);
	return ret;
}
