/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_again(struct demo *d)
{
	kfree(d->table);
	d->table = demo_table();
	d->table[0] = 0;
}
