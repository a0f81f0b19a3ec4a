/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_drop(struct demo *demo)
{
	lockdep_assert_held(&demo->lock);
	demo->n--;
}

static void demo_load(struct demo *demo)
{
	WARN_ON_ONCE(!irqs_disabled());
	demo->cpu = raw_smp_processor_id();
}

void demo_put(struct demo *demo)
{
	demo->users--;
	demo_drop(demo);	/* BAD: demo->lock */
}

void demo_use(struct demo *demo)
{
	preempt_disable();
	demo_load(demo);	/* BAD: local_irq_save */
	preempt_enable();
}
