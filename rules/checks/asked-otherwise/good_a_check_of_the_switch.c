/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: arm64   path: arch/arm64/mm/demo.c */
void demo_check(pte_t *from)
{
	pte_t pte = demo_get(from);

	if (debug_pagealloc_enabled() && !pte_valid(pte))
		demo_warn(pte);
}
