/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_map_text(unsigned long start, unsigned long end)
{
	demo_map(start, end, PAGE_KERNEL, true);
}
