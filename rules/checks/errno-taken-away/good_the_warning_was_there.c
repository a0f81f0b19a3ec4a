/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_map_all(unsigned long top)
{
	unsigned long mapped;

	mapped = demo_map_from(0, top);

	WARN_ON(demo_highest != mapped);
	if (demo_highest != mapped)
		return -ENXIO;

	return 0;
}
