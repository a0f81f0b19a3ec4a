/* config: DEMO=y   arch: s390 x86   path: mm/demo.c */
static void demo_all(struct page **pages, int count)
{
	struct page *page;
	int i;

	for (i = 0; i < count; i++) {
		page = pages[i];
		arch_free_page(page, 0);
	}
}
