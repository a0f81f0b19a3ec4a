/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_prepare(struct demo *d)
{
	void *page = demo_code_page(d);

	set_memory_rox((unsigned long)page, 1);
	demo_run(page);
}

void demo_cleanup(struct demo *d)
{
	void *page = demo_code_page(d);

	set_memory_nx((unsigned long)page, 1);
	set_memory_rw((unsigned long)page, 1);
	demo_free_tables(d);
}
