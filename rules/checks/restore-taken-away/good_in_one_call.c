/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_cleanup(struct demo *d)
{
	set_memory_rw_nx(d->addr, 1);
	demo_free_tables(d, d->addr);
}
