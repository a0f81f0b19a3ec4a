/* config: DEMO=y   arch: x86   path: mm/demo.c */
static void demo_get(struct page *page, unsigned int order)
{
	arch_alloc_page(page, order);
	clear_highpage(page);	/* BAD: before 'debug_pagealloc_map_pages */
	debug_pagealloc_map_pages(page, 1 << order);
}
