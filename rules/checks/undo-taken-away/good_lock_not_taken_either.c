/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_grow(struct demo *d)
{
	struct pool *pool;

	pool = demo_alloc(d, GFP_KERNEL);
	demo_add(d, pool);
}
