/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_fill(int *list, int nr, int count)
{
	unsigned long flags;
	int i;

	local_irq_save(flags);
	for (i = 0; i < nr; i++) {
		if (i >= count)
			return -EINVAL;	/* BAD */
		list[i] = i;
	}
	local_irq_restore(flags);
	return 0;
}
