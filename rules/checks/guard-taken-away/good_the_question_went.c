/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_unmap(struct demo *d, void *p)
{
	demo_take(d, p);
}
