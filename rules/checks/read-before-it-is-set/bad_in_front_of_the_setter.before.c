/* config: X86=y   arch: x86   path: arch/x86/mm/demo.c */
#include <linux/set_memory.h>

static unsigned long demo_limit;

static void __init demo_find_limit(void)
{
	demo_limit = memblock_end_of_DRAM();
}

static void __init demo_reserve(void)
{
	memblock_reserve(demo_limit - DEMO_SIZE, DEMO_SIZE);
}

static void __init demo_map(void)
{
	demo_find_limit();
	demo_reserve();
	map_memblock(0);
}

void __init demo_init(void)
{
	create_idmap();
	demo_map();
}
