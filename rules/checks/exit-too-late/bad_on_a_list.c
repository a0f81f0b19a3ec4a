/* config: MMU=y   arch: x86 arm64   path: mm/demo.c */
int demo_load(struct demo *demo)
{
	int ret = demo_take(demo);

	if (ret)
		goto fail;
	list_add(&demo->link, &demos);
	ret = demo_protect(demo);
	if (ret)
		goto fail;	/* BAD: list_add */
	return 0;

fail:
	demo_give(demo);
	kfree(demo);
	return ret;
}
