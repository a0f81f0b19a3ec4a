/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
static void demo_unprotect(struct demo *d)
{
	int ret;

	ret = set_memory_rw(d->addr, d->pages);	/* BAD */
	WARN_ON(ret);
	d->protected = false;
}
