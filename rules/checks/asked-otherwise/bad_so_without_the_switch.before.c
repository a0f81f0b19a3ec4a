/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: arm64   path: arch/arm64/mm/demo.c */
void demo_copy_entry(pte_t *to, pte_t *from)
{
	pte_t pte = demo_get(from);

	if (pte_valid(pte))
		set_pte(to, pte_mkwrite(pte));
	else if (!pte_none(pte))
		set_pte(to, pte_mkpresent(pte));
}
