/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
static void demo_free_area(void *area, int pages)
{
	if (!set_memory_encrypted((unsigned long)area, pages))
		demo_give(area, pages);
}

static void demo_free_pool(struct work_struct *work)
{
	struct demo_pool *pool = container_of(to_rcu_work(work), struct demo_pool, work);

	demo_free_area(pool->area, pool->pages);
	kfree(pool);
}

void demo_del_pool(struct demo_pool *pool)
{
	list_del_rcu(&pool->node);
	INIT_RCU_WORK(&pool->work, demo_free_pool);
	queue_rcu_work(system_wq, &pool->work);
}
