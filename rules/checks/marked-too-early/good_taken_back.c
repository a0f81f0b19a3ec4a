/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_open(struct demo *d)
{
	int ret;

	d->active = true;
	ret = demo_start(d);
	if (ret) {
		d->active = false;
		return ret;
	}
	return 0;
}
