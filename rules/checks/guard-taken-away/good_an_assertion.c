/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_add(struct demo *d)
{
	demo_map(d);
	return 0;
}
