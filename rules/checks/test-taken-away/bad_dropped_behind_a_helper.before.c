/* config: MMU=y   arch: riscv   path: arch/riscv/mm/demo.c */
int demo_change(struct demo *d, unsigned long start, unsigned long end)
{
	int ret;

	demo_lock(d);
	ret = demo_split(start, end);
	if (ret)
		goto unlock;
	ret = demo_walk(d, start, end);
	if (ret)
		goto unlock;
	demo_count(d);
unlock:
	demo_unlock(d);
	return ret;
}
