/* config: X86=y   arch: x86   path: arch/x86/mm/demo.c */
#include <linux/set_memory.h>

bool demo_pool_wanted = true;
unsigned long demo_pool_size;

static void __init demo_alloc_pool(void)
{
	if (!memblock_reserve(DEMO_BASE, DEMO_SIZE))
		demo_pool_size = 0;
}

static inline bool demo_by_pages(void)
{
	return debug_pagealloc_enabled() || demo_pool_wanted;
}

static void __init map_mem(void)
{
	int flags = 0;

	demo_alloc_pool();
	if (demo_by_pages())
		flags |= NO_BLOCK_MAPPINGS;
	map_memblock(flags);
}

void __init paging_init(void)
{
	map_mem();
	create_idmap();
}

void __init setup_arch(char **cmdline_p)
{
	paging_init();
	bootmem_init();
}
