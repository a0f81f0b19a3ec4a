/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_stop(struct demo *d)
{
	vfree(d->table);
	d->table[0] = 0;	/* BAD */
}
