/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_drop(struct demo *d, void *table)
{
	demo_count(d);
	kfree(table);
}

void demo_down(struct demo *d)
{
	demo_quiet(d);
	if (DemoReserved(demo_page(d->table)))
		return;
	demo_free_table(d, d->table);
}

void demo_free_table(struct demo *d, void *table)
{
	demo_drop(d, table);
}
