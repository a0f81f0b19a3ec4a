/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_count(struct demo *d)
{
	unsigned long flags;

	spin_lock_irqsave(&d->lock, flags);
	d->count++;
	spin_unlock_irqrestore(&d->lock, flags);
}
