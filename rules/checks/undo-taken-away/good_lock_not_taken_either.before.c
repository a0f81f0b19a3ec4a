/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_grow(struct demo *d)
{
	struct pool *pool;

	spin_lock(&d->lock);
	pool = demo_alloc(d, GFP_KERNEL);
	spin_unlock(&d->lock);
	demo_add(d, pool);
}
