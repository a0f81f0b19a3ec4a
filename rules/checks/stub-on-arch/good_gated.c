/* config: MMU=y   arch: x86 powerpc   path: mm/demo.c */
int demo_hide(struct page *page)
{
	if (!IS_ENABLED(CONFIG_ARCH_HAS_SET_DIRECT_MAP))
		return -EOPNOTSUPP;
	return set_direct_map_invalid_noflush(page);
}
