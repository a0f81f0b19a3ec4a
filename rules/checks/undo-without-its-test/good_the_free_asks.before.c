/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_down(struct demo *d)
{
	demo_quiet(d);
	if (d->table)
		kfree(d->table);
	d->n = 0;
}
