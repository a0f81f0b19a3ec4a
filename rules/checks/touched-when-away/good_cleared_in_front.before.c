/* config: DEMO=y   arch: s390 x86   path: mm/demo.c */
static void demo_give(struct page *page, unsigned int order)
{
	arch_free_page(page, order);
	debug_pagealloc_unmap_pages(page, 1 << order);
}

static int demo_change(struct demo *d, const void *code, size_t size)
{
	int ret = set_memory_ro((unsigned long)d->text, d->pages);

	return ret;
}
