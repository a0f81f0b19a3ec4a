/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_fill(struct demo *d)
{
	int ret = demo_may_fill(d);

	if (!ret)
		ret = demo_map_whole(d, 0, 1);
	return ret;
}
