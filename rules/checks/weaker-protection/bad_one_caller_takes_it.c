/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_change(struct demo *d)
{
	demo_walk(d);	/* BAD */
	demo_write(d);
}

void demo_set(struct demo *own)
{
	mutex_lock(&own->mutex);
	demo_change(own);
	mutex_unlock(&own->mutex);
}

void demo_clear(struct demo *own)
{
	demo_change(own);
}
