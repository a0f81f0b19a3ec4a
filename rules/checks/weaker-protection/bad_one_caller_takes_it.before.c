/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_change(struct demo *d)
{
	mutex_lock(&d->mutex);
	demo_walk(d);
	demo_write(d);
	mutex_unlock(&d->mutex);
}

void demo_set(struct demo *own)
{
	demo_change(own);
}

void demo_clear(struct demo *own)
{
	demo_change(own);
}
