/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_drop(struct demo *demo)
{
	lockdep_assert_held(&demo->lock);
	demo->n--;
}

static void demo_put(struct demo *d)
{
	demo_drop(d);	/* BAD: demo_exit */
}

void demo_exit(struct demo *one)
{
	mutex_lock(&one->lock);
	one->users--;
	mutex_unlock(&one->lock);
	demo_put(one);
}

void demo_sync(struct demo *demo)
{
	unsigned long flags;

	spin_lock_irqsave(&demo->spin, flags);
	on_each_cpu(demo_sync_one, demo, 1);	/* BAD: demands that they are on */
	spin_unlock_irqrestore(&demo->spin, flags);
}
