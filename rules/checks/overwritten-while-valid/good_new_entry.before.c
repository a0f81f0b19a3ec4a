/* config: MMU=y   arch: powerpc   path: arch/powerpc/mm/demo.c */
static int demo_map(pte_t *ptep, unsigned long addr, unsigned long pfn)
{
	return -EINVAL;
}
