/* config: MMU=y   arch: x86   path: mm/demo.c */
long demo_place(struct demo *d, long start, long end)
{
	int ret;

	ret = demo_clip(d, start);
	if (ret)
		return ret;
	return start;
}
