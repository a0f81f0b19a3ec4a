/* config: MMU=y   arch: x86   path: mm/demo.c */
static struct demo_pool *demo_pool;

static struct demo_pool *demo_make(size_t size)
{
	return demo_zalloc(size);
}

int demo_start(size_t size)
{
	int ret = 0;

	demo_pool = demo_make(size);
	if (!demo_pool)
		ret = -ENOMEM;
	return ret;
}
