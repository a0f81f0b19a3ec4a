/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_done(struct demo_pool *pool)
{
	pool->busy = false;
	spin_unlock(&pool->lock);
}

int demo_find(struct demo_pool *pool, int id)
{
	spin_lock(&pool->lock);
	if (demo_has(pool, id)) {
		pool->busy = false;
		spin_unlock(&pool->lock);
		return 1;
	}
	pool->busy = false;
	spin_unlock(&pool->lock);
	return 0;
}
