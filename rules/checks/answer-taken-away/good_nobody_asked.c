/* config: MMU=y   arch: x86 arm64   path: mm/demo.c */
static void demo_map(struct demo *demo)
{
	int ret = demo_enter(demo);

	if (ret)
		return;
	demo->mapped = true;
}

int demo_use(struct demo *demo)
{
	demo_map(demo);
	return demo_write(demo);
}
