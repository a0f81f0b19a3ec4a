/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_finish(struct demo *d)
{
	demo_count(d);
	demo_take_all_back_stopped();
	demo_stop_others();
}
