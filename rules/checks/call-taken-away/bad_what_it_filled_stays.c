/* config: MMU=y   arch: x86   path: mm/demo.c */
unsigned long *demo_empty __initdata;

void demo_setup(unsigned long start, unsigned long end)
{
	demo_map_range(start, end);
#ifdef CONFIG_DEMO
	demo_map_range(end, end + start);	/* BAD: memblock_alloc */
#endif
}
