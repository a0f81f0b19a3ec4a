/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_open(struct demo *d)
{
	int ret = demo_start(d);

	if (ret)
		return ret;
	d->active = true;
	return 0;
}
