static void hibernate_map_page(struct page *page)
{
	if (IS_ENABLED(CONFIG_ARCH_HAS_SET_DIRECT_MAP))
		set_direct_map_restore_noflush(page);
	else
		debug_pagealloc_map_pages(page, 1);
}
