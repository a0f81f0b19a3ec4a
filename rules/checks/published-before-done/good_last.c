/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_share(struct demo *demo)
{
	int ret;

	ret = demo_tell(demo);
	if (ret)
		return ret;
	demo->shared = true;
	return 0;
}
