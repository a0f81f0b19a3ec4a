/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
int demo_get(struct demo *d, unsigned int index)
{
	if (index > d->count)	/* BAD: itself */
		return -EINVAL;
	return d->entries[index];
}
