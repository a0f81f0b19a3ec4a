/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_start(struct demo *d)
{
	int ret = demo_first(d);

	if (!ret)
		demo_second(d);
	return ret;
}
