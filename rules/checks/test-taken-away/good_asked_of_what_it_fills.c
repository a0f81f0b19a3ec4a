/* config: MMU=y   arch: x86   path: mm/demo.c */
static struct demo_holder demo_pool;

static struct demo_holder *demo_make(struct demo_holder *pool, size_t size)
{
	pool->pages = demo_zalloc(size);
	return pool->pages ? pool : NULL;
}

int demo_start(size_t size)
{
	int ret = 0;

	demo_make(&demo_pool, size);
	if (!demo_pool.pages)
		ret = -ENOMEM;
	return ret;
}
