/* config: MMU=y   arch: powerpc   path: arch/powerpc/mm/demo.c */
static int demo_change(pte_t *ptep, unsigned long addr, void *data)
{
	pte_t pte = ptep_get(ptep);

	pte = pte_exprotect(pte);
	set_pte_at(&init_mm, addr, ptep, pte);	/* BAD: for entries that are not valid */
	return 0;
}
