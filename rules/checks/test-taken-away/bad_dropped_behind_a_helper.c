/* config: MMU=y   arch: riscv   path: arch/riscv/mm/demo.c */
static int demo_alias(struct demo *d, unsigned long start, unsigned long end)
{
	int ret = demo_split(start, end);

	if (ret)
		return ret;
	return demo_walk(d, start, end);
}

int demo_change(struct demo *d, unsigned long start, unsigned long end)
{
	int ret = 0;

	demo_lock(d);
	demo_alias(d, start, end);	/* BAD: demo_split */
	demo_count(d);
	demo_unlock(d);
	return ret;
}
