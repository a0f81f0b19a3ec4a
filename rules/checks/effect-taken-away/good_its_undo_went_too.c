/* config: MMU=y   arch: x86   path: mm/demo.c */
static int demo_protect(void *image, int n)
{
	return set_memory_rox((long)image, n);
}

int demo_update(struct demo *demo, int n)
{
	int ret = demo_prepare(demo);

	if (ret)
		return ret;
	ret = demo_protect(demo->image, n);
	if (ret)
		return ret;
	ret = demo_attach(demo);
	if (ret == -EAGAIN)
		demo_detach(demo);
	return ret;
}
