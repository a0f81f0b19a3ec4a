/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_pin(struct demo *d, struct demo_part *part)
{
	mutex_lock(&d->lock);
	part = demo_next(part);
	demo_take(d, part);
	mutex_unlock(&d->lock);
}
