/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
static void demo_fill(struct demo *d)
{
	d->filled = true;
}

static void demo_map(struct demo *d)
{
	demo_fill(d);
	demo_flush(d);
}

void demo_set(struct demo *d)
{
	unsigned long flags;

	local_irq_save(flags);
	demo_map(d);
	local_irq_restore(flags);
}
