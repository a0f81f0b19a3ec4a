/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_start(struct demo *demo)
{
	int ret;

	ret = demo_map_pages(demo->pages);
	if (ret)
		return ret;
	ret = demo_announce(demo);
	if (ret)
		return ret;	/* BAD */
	ret = demo_run(demo);
	if (ret)
		demo_unmap_pages(demo->pages);
	return ret;
}
