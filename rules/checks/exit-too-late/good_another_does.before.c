/* config: MMU=y   arch: x86 arm64   path: mm/demo.c */
int demo_load(struct demo *demo)
{
	int ret = demo_take(demo);

	if (ret)
		goto fail;
	demo->state = DEMO_STATE_LIVE;
	if (demo_fill(demo))
		goto fail;
	ret = demo_protect(demo);
	if (ret)
		pr_warn("%d\n", ret);
	return 0;

fail:
	demo_give(demo);
	kfree(demo);
	return ret;
}
