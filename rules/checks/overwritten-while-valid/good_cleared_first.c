/* config: MMU=y   arch: arm64   path: arch/arm64/mm/demo.c */
static int demo_split(pmd_t *pmdp, pte_t *table)
{
	pmd_t pmd = READ_ONCE(*pmdp);

	demo_fill(table, pmd_pfn(pmd));
	pmd_clear(pmdp);
	flush_tlb_all();
	pmd_populate_kernel(&init_mm, pmdp, table);
	return 0;
}
