/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_prepare(struct demo *d)
{
	demo_run(demo_code_page(d));
}

void demo_cleanup(struct demo *d)
{
	demo_free_tables(d);
}
