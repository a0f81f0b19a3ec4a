/* config: MMU=y   arch: powerpc   path: arch/powerpc/mm/demo.c */
static int demo_map(pte_t *ptep, unsigned long addr, unsigned long pfn)
{
	set_pte_at(&init_mm, addr, ptep, pfn_pte(pfn, PAGE_KERNEL));
	return 0;
}
