/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_table_init(unsigned long *table)
{
	int i;

	for (i = 0; i < DEMO_ENTRIES; i++)
		table[i] = __pa(demo_empty);

	flush_tlb_all();
	demo_icache_inv_all(NULL);
}
