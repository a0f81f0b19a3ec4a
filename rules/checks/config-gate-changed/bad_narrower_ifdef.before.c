/* config: HIBERNATION=y   arch: x86   path: arch/x86/mm/demo.c */
#if defined(CONFIG_DEBUG_PAGEALLOC) || defined(CONFIG_HIBERNATION)
bool kernel_page_present(struct page *page)
{
	return lookup_present(page);
}
#endif
