/* config: MMU=y   arch: arm64 powerpc   path: mm/demo.c */
#ifdef CONFIG_MMU
int demo_show(struct page *page)
{
	return set_direct_map_default_noflush(page);	/* BAD */
}
#endif
