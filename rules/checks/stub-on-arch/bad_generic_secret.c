/* config: MMU=y   arch: x86 powerpc   path: mm/demo.c */
int demo_hide(struct page *page)
{
	return set_direct_map_invalid_noflush(page);	/* BAD */
}
