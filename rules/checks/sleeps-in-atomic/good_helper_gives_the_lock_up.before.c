/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: drivers/demo/pool.c */
static void demo_free_page(struct demo_pool *pool, struct page *page)
{
	spin_unlock(&pool->lock);
	set_pages_wb(page, 1);
	__free_page(page);
	spin_lock(&pool->lock);
}

static void demo_free_at_once(struct demo_pool *pool, struct page *page, bool may_wait)
{
	if (may_wait)
		set_pages_wb(page, 1);
	__free_page(page);
}

static void demo_drop(struct demo_pool *pool, struct page *page)
{
	spin_lock(&pool->lock);
	list_del(&page->lru);
	spin_unlock(&pool->lock);
}
