/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_flush(struct demo *d)
{
	unsigned long flags;

	local_irq_save(flags);
	mutex_lock(&d->mutex);	/* BAD */
	d->state = 0;
	mutex_unlock(&d->mutex);
	local_irq_restore(flags);
}
