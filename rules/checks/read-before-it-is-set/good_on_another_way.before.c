/* config: X86=y   arch: x86   path: arch/x86/mm/demo.c */
#include <linux/set_memory.h>

static int demo_leaf;

static void __init demo_pick_leaf(void)
{
	demo_leaf = cpu_has_demo() ? 2 : 1;
}

static void __init demo_map(void)
{
	if (demo_is_late()) {
		demo_pick_leaf();
		return;
	}
	map_memblock(demo_leaf);
}

static void __init demo_late(void)
{
	create_idmap();
}

void __init demo_init(void)
{
	demo_map();
	demo_late();
}
