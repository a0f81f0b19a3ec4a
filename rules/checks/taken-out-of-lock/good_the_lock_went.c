/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_flush(struct demo *d)
{
	demo_recycle(d);
}
