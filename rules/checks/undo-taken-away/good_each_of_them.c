/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_free_range(unsigned long pfn, unsigned long count)
{
	struct page *page;
	unsigned long i;

	page = pfn_to_page(pfn);
	if (count == DEMO_ALL) {
		demo_free_core(page, DEMO_ORDER);
		return;
	}
	for (i = 0; i < count; i++)
		demo_free_core(page + i, 0);
}
