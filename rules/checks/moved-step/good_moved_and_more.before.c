/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_finish(struct demo *d)
{
	demo_count(d);
	demo_stop_others();
	demo_take_all_back();
}
