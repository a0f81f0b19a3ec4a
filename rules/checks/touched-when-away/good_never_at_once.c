/* config: DEMO=y   arch: s390 x86   path: mm/demo.c */
static void demo_give(struct page *page, unsigned int order)
{
	bool init = want_init_on_free();

	kernel_poison_pages(page, 1 << order);
	if (init)
		clear_highpage(page);
	demo_list(page);
}
