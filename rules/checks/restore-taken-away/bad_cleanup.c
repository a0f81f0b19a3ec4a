/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_prepare(struct demo *d)
{
	void *page = demo_code_page(d);

	return set_memory_rox((unsigned long)page, 1);
}

void demo_cleanup(struct demo *d)
{
	demo_free_tables(d);	/* BAD */
}
