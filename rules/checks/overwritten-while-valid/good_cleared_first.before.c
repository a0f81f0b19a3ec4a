/* config: MMU=y   arch: arm64   path: arch/arm64/mm/demo.c */
static int demo_split(pmd_t *pmdp, pte_t *table)
{
	return -EINVAL;
}
