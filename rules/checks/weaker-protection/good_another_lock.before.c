/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_step(struct demo *d)
{
	mutex_lock(&d->mutex);
	demo_first(d);
	mutex_unlock(&d->mutex);
}
