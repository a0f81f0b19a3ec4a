/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: drivers/demo/pool.c */
static void demo_free_page(struct demo_pool *pool, struct page *page)
{
	if (pool->uncached)
		set_pages_wb(page, 1);
	__free_page(page);
}

static struct page *demo_take(struct demo_pool *pool)
{
	struct page *page;

	spin_lock(&pool->lock);
	page = list_first_entry_or_null(&pool->pages, struct page, lru);
	if (page)
		list_del(&page->lru);
	spin_unlock(&pool->lock);
	return page;
}

static void demo_empty(struct demo_pool *pool)
{
	struct page *page;

	while ((page = demo_take(pool)))
		demo_free_page(pool, page);
}
