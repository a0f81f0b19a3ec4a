/* config: MMU=y   arch: arm64   path: mm/demo.c */
int demo_map_all(unsigned long start, unsigned long end)
{
	start = PAGE_ALIGN(start);
	return demo_map(start, end);
}
