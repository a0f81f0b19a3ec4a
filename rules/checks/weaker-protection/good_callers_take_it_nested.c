/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_drop(struct demo *d)
{
	demo_close(d, d->input);
}

void demo_release(struct demo *d)
{
	mutex_lock_nested(&d->lock, SINGLE_DEPTH_NESTING);
	demo_drop(d);
	mutex_unlock(&d->lock);
	kfree(d);
}
