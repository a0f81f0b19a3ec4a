/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_drop(struct demo *d, void *table)
{
	demo_count(d);
	kfree(table);
}

void demo_down(struct demo *d)
{
	demo_quiet(d);
	demo_free_table(d, d->table);
}

void demo_free_table(struct demo *d, void *table)
{
	struct demo_table *one = demo_table_of(table);

	if (demo_table_is_reserved(one))
		return demo_give_back(one);
	demo_drop(d, table);
}
