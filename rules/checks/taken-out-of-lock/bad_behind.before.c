/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_flush(struct demo *d)
{
	mutex_lock(&d->lock);
	demo_recycle(d);
	demo_account(d);
	mutex_unlock(&d->lock);
}
