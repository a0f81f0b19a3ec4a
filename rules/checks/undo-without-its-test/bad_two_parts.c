/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_free(unsigned long *table)
{
	demo_table_free(&init_mm, table);	/* BAD: demo_is_available() && !PageReserved(virt_to_page(table)) before */
}
