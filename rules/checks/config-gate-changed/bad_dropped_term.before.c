/* config: DEBUG_PAGEALLOC=y   arch: arm64   path: arch/arm64/mm/pageattr.c */
int set_direct_map_invalid_noflush(struct page *page)
{
	if (!debug_pagealloc_enabled() && !rodata_full)
		return 0;

	return apply_to_page_range(&init_mm, (unsigned long)page_address(page),
				   PAGE_SIZE, change_page_range, NULL);
}
