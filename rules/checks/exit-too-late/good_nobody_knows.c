/* config: MMU=y   arch: x86 arm64   path: mm/demo.c */
int demo_load(struct demo *demo)
{
	int ret = demo_take(demo);

	if (ret)
		goto fail;
	demo->count = 1;
	ret = demo_protect(demo);
	if (ret)
		goto fail;
	return 0;

fail:
	demo_give(demo);
	kfree(demo);
	return ret;
}
