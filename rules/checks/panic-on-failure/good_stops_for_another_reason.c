/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
int demo_protect(struct demo *d)
{
	int ret = set_memory_ro(d->addr, d->pages);

	if (ret && !d->pages)
		panic("demo: nothing to protect\n");
	return ret;
}
