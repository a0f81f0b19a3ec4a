/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_free(struct page *page)
{
	bool skip = demo_is_special(page);

	page->flags &= ~DEMO_MASK;
	if (!skip)
		demo_poison(page);
}
