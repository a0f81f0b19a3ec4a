/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_free(void *p);

void demo_put(void *p, bool offline, struct list_head *list)
{
	unsigned long flags;

	local_irq_save(flags);
	if (offline) {
		local_irq_restore(flags);	/* BAD */
		return;
	}
	demo_queue(p, list);
	local_irq_restore(flags);
}
