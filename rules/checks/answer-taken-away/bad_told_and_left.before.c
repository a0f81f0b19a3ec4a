/* config: MMU=y   arch: x86 arm64   path: mm/demo.c */
static int demo_map(struct demo *demo)
{
	int ret = demo_pin(demo);

	if (ret)
		return ret;
	demo->mapped = true;
	return 0;
}

int demo_use(struct demo *demo)
{
	int ret;

	ret = demo_map(demo);

	if (ret)
		return ret;
	return demo_write(demo);
}
