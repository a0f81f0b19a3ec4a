/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: arm64   path: arch/arm64/mm/pageattr.c */
bool can_set_direct_map(void)
{
	return rodata_full || debug_pagealloc_enabled();
}
