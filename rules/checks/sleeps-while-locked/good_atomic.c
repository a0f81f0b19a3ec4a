/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_grow(struct demo *d, int size)
{
	spin_lock(&d->lock);
	d->buf = kmalloc(size, GFP_ATOMIC);
	spin_unlock(&d->lock);
	return d->buf ? 0 : -ENOMEM;
}
