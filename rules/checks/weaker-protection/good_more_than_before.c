/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_fill(struct demo *d, int local)
{
	unsigned long flags;
	int how = 0;

	demo_local_irq_pmu_save(flags);
	if (local)
		how |= DEMO_LOCAL;
	demo_write(d, how);
	demo_local_irq_pmu_restore(flags);
}
