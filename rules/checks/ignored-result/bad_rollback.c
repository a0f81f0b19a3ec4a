/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
int demo_protect_both(struct demo *a, struct demo *b)
{
	int ret;

	ret = set_memory_ro(a->addr, a->pages);
	if (ret)
		return ret;
	ret = set_memory_ro(b->addr, b->pages);
	if (ret)
		set_memory_rw(a->addr, a->pages);	/* BAD */
	return ret;
}
