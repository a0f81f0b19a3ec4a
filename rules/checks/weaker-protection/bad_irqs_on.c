/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_count(struct demo *d)
{
	spin_lock(&d->lock);	/* BAD */
	d->count++;
	spin_unlock(&d->lock);
}
