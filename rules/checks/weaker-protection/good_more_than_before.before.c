/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_fill(struct demo *d, int local)
{
	unsigned long flags;
	int how = 0;

	local_irq_save(flags);
	if (local)
		how |= DEMO_LOCAL;
	demo_write(d, how);
	local_irq_restore(flags);
}
