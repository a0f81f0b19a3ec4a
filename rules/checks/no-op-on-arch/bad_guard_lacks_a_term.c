/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: arm64   path: arch/arm64/mm/pageattr.c */
int set_direct_map_default_noflush(struct page *page)
{
	if (!rodata_full)
		return 0;

	return apply_to_page_range(&init_mm, (unsigned long)page_address(page), PAGE_SIZE, change_page_range, NULL);
}

void __kernel_map_pages(struct page *page, int numpages, int enable)
{
	if (!debug_pagealloc_enabled() && !rodata_full)
		return;
	set_memory_valid((unsigned long)page_address(page), numpages, enable);
}

void demo_copy(struct page *page, void *to)
{
	if (set_direct_map_default_noflush(page))	/* BAD */
		return;
	copy_page(to, page_address(page));
}
