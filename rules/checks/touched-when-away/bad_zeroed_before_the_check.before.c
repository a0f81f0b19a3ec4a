/* config: DEMO=y   arch: s390 x86   path: mm/demo.c */
static void demo_get(struct page *page, unsigned int order, gfp_t flags)
{
	bool init = !want_init_on_free() && want_init_on_alloc(flags);

	kernel_unpoison_pages(page, 1 << order);
	if (init)
		kernel_init_pages(page, 1 << order);
	demo_own(page, order);
}
