/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_drop(struct demo *d)
{
	mutex_lock(&d->lock);
	demo_close(d, d->input);
	mutex_unlock(&d->lock);
}

void demo_release(struct demo *d)
{
	demo_drop(d);
	kfree(d);
}
