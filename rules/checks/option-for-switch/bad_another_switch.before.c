/* config: MMU=y   arch: x86   path: mm/demo.c */
static int demo_early(bool on)
{
	if (on)
		demo_note();
	return 0;
}

void demo_free(struct page *page)
{
	if (debug_pagealloc_enabled())
		demo_unmap(page, 1);
}
