/* config: MMU=y   arch: x86 arm64 */
int demo_patch(struct demo *d, unsigned long addr)
{
	int ret = set_memory_rw(addr, 1);

	if (ret)
		return ret;
	if (!demo_write(d, addr)) {
		ret = -EINVAL;
		goto unlock;
	}
	ret = demo_check(d, addr);
	set_memory_ro(addr, 1);
unlock:
	demo_unlock(d);
	return ret;	/* BAD: set_memory_ro */
}
