/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
int demo_protect(struct demo *d)
{
	int ret;

	ret = set_memory_ro(d->addr, d->pages);	/* BAD */
	if (d->executable)
		ret = set_memory_x(d->addr, d->pages);
	return ret;
}
