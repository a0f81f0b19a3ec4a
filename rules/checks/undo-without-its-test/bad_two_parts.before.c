/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_free(unsigned long *table)
{
	if (!demo_is_available() || WARN_ON_ONCE(PageReserved(virt_to_page(table))))
		return;
	demo_table_free(&init_mm, table);
}
