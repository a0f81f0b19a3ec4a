/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
static void demo_seal(struct demo *d)
{
	d->sealed = true;
}

static void demo_tick(struct timer_list *timer)
{
	demo_seal(demo_of(timer));
}

static irqreturn_t demo_irq(int irq, void *data)
{
	demo_count(data);
	return IRQ_HANDLED;
}

static irqreturn_t demo_thread(int irq, void *data)
{
	demo_count(data);
	return IRQ_HANDLED;
}

int demo_start(struct demo *d)
{
	timer_setup(&d->timer, demo_tick, 0);
	return request_threaded_irq(d->irq, demo_irq, demo_thread, 0, "demo", d);
}
