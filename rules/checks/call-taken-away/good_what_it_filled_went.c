/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_setup(unsigned long start, unsigned long end)
{
	demo_map_range(start, end);
}
