/* config: MMU=y   arch: x86 powerpc   path: arch/x86/mm/demo.c */
int demo_hide(struct page *page)
{
	return set_direct_map_invalid_noflush(page);
}
