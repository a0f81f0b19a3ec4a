/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_table_init(unsigned long *table)
{
	int i;

	for (i = 0; i < DEMO_ENTRIES; i++)	/* BAD */
		table[i] = __pa(demo_empty);
}
