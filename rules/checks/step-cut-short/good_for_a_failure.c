/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_stop(struct demo *d)
{
	int ret;

	ret = demo_quiesce(d);
	if (ret)
		return ret;
	d->running = false;
	return 0;
}
