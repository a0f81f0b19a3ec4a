/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_pin(struct demo *d, struct demo_part *part)
{
	part = demo_next(part);	/* BAD */
	mutex_lock(&d->lock);
	demo_take(d, part);
	mutex_unlock(&d->lock);
}
