/* config: HIBERNATION=y   arch: x86   path: arch/x86/mm/demo.c */
#ifdef CONFIG_DEBUG_PAGEALLOC
bool kernel_page_present(struct page *page)	/* BAD */
{
	return lookup_present(page);
}
#endif
