/* config: MMU=y   arch: x86 arm64   path: mm/demo.c */
static int demo_lock(struct demo *demo)
{
	if (demo->busy)
		return -EAGAIN;
	demo->busy = true;
	return 0;
}

int demo_use(struct demo *demo)
{
	int ret = demo_lock(demo);

	if (ret == -EAGAIN)
		return demo_wait(demo);
	return ret;
}
