/* config: DEMO=y   arch: s390 x86   path: mm/demo.c */
static void demo_clear(struct page *page, int count)
{
	int i;

	for (i = 0; i < count; i++)
		clear_highpage(page + i);
}

static bool demo_give(struct page *page, unsigned int order)
{
	demo_check(page, order);
	arch_free_page(page, order);
	if (demo_wants_zero())
		demo_clear(page, 1 << order);	/* BAD: after 'arch_free_page(page, order)' | writes 'page' */
	debug_pagealloc_unmap_pages(page, 1 << order);
	return true;
}
