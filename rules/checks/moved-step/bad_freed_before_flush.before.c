/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_free_table(pte_t *table)
{
	free_page((unsigned long)table);
}

void demo_collapse(pmd_t *pmd, unsigned long addr, pte_t *table)
{
	pmd_clear(pmd);
	flush_tlb_kernel_range(addr, addr + PMD_SIZE);
	demo_free_table(table);
}
