/* config: MMU=y   arch: x86   path: mm/demo.c */
static int demo_early(bool on)
{
	if (on && IS_ENABLED(CONFIG_HIGHMEM))
		demo_note();
	return 0;
}

void demo_free(struct page *page)
{
	if (page_poisoning_enabled())
		kernel_poison_pages(page, 1);
}
