/* config: MMU=y   arch: arm64   path: mm/demo.c */
int demo_map_all(unsigned long start, unsigned long end)
{
	if (!PAGE_ALIGNED(start))
		return -EINVAL;
	return demo_map(start, end);
}
