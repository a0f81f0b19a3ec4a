/* config: MMU=y   arch: x86   path: mm/demo.c */
static int demo_alloc_table(pud_t *pud)
{
	pmd_t *pmd = pmd_alloc_one(&init_mm, 0);

	if (!pmd)
		return -ENOMEM;
	demo_enter(pud, pmd);
	return 0;
}

static void demo_free_table(pmd_t *pmd)
{
	pmd_free(&init_mm, pmd);
}
