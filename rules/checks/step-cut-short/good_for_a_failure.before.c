/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_stop(struct demo *d)
{
	demo_quiesce(d);
	d->running = false;
	return 0;
}
