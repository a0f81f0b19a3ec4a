/* config: MMU=y   arch: x86   path: mm/demo.c */
static int demo_alloc_table(struct demo *demo)
{
	demo->table = pmd_alloc_one(&init_mm, 0);
	if (!demo->table)
		return -ENOMEM;
	demo_enter(demo->pud, demo->table);
	return 0;
}

static void demo_free_table(struct demo *demo)
{
	pmd_free(&init_mm, demo->table);
}
