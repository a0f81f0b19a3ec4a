#include <asm/demo.h>

#ifdef CONFIG_KFENCE
phys_addr_t early_pool;

static void __init map_pool(void)
{
	early_pool = memblock_phys_alloc(POOL_SIZE, PAGE_SIZE);
	if (early_pool)
		memblock_mark_nomap(early_pool, POOL_SIZE);
}
#else
static void __init map_pool(void) { }
#endif

static void __init map_mem(pgd_t *pgdp)
{
	map_pool();
	set_memory_valid(0, 0, 0);
}
