/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_pin(struct demo *d, const void __user *where, unsigned long size)
{
	mutex_lock(&d->lock);
	where = demo_untagged(where);
	size = demo_rounded(size);
	demo_take(d, where, size);
	mutex_unlock(&d->lock);
}
