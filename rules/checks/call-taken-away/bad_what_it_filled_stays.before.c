/* config: MMU=y   arch: x86   path: mm/demo.c */
unsigned long *demo_empty __ro_after_init;

void demo_setup(unsigned long start, unsigned long end)
{
	demo_map_range(start, end);
#ifdef CONFIG_DEMO
	demo_map_range(end, end + start);
#endif
	demo_empty = memblock_alloc(PAGE_SIZE, PAGE_SIZE);
	if (!demo_empty)
		panic("no page\n");
}
