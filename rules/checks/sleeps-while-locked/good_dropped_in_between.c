/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_grow(struct demo *d, int size)
{
	spin_lock(&d->lock);
	if (!d->buf) {
		spin_unlock(&d->lock);
		d->buf = kmalloc(size, GFP_KERNEL);
		spin_lock(&d->lock);
	}
	spin_unlock(&d->lock);
	return 0;
}
