/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_stop(struct demo *d)
{
	demo_quiesce(d);
}
