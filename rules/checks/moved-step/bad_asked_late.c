/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_free(struct page *page)
{
	page->flags &= ~DEMO_MASK;
	if (!demo_is_special(page))	/* BAD */
		demo_poison(page);
}
