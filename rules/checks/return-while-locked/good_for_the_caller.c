/* config: MMU=y   arch: x86   path: mm/demo.c */
struct demo *demo_get_locked(struct demo *d)
{
	spin_lock(&d->lock);
	if (d->live)
		return d;
	spin_unlock(&d->lock);
	return NULL;
}
