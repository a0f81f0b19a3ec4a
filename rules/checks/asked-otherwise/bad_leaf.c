/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_walk(pmd_t *pmd, unsigned long addr)
{
	pte_t *pte;

	pte = pte_offset_kernel(pmd, addr);	/* BAD */
	demo_take(pte);
}
