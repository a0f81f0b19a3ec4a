/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
static void demo_free_area(void *area, int pages)
{
	if (!set_memory_encrypted((unsigned long)area, pages))
		demo_give(area, pages);
}

static void demo_free_pool(struct rcu_head *rcu)
{
	struct demo_pool *pool = container_of(rcu, struct demo_pool, rcu);

	demo_free_area(pool->area, pool->pages);
	kfree(pool);
}

void demo_del_pool(struct demo_pool *pool)
{
	list_del_rcu(&pool->node);
	call_rcu(&pool->rcu, demo_free_pool);
}
