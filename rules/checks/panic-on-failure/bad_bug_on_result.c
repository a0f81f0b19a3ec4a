/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
void demo_protect(struct demo *d)
{
	int ret = set_memory_ro(d->addr, d->pages);	/* BAD */

	BUG_ON(ret);
	d->protected = true;
}
