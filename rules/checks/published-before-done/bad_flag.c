/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_share(struct demo *demo)
{
	int ret;

	demo->shared = true;	/* BAD */
	ret = demo_tell(demo);
	if (ret)
		return ret;
	return 0;
}
