/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_walk(pmd_t *pmd, unsigned long addr)
{
	pte_t *pte;

	if (pmd_large(*pmd)) {
		demo_note(pmd);
		return;
	}
	pte = pte_offset_kernel(pmd, addr);
	demo_take(pte);
}
