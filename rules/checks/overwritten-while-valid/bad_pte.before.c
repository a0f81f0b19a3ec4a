/* config: MMU=y   arch: powerpc   path: arch/powerpc/mm/demo.c */
static int demo_change(pte_t *ptep, unsigned long addr, void *data)
{
	pte_update(&init_mm, addr, ptep, _PAGE_EXEC, 0, 0);
	return 0;
}
