/* config: DEMO=y   arch: s390 x86   path: mm/demo.c */
static void demo_get(struct page *page, unsigned int order, gfp_t flags)
{
	bool init = want_init_on_free() && demo_wants(flags);

	demo_own(page, order);
	if (init)
		kernel_init_pages(page, 1 << order);
	kernel_unpoison_pages(page, 1 << order);
}
