#include <asm/demo.h>

#ifdef CONFIG_KFENCE
static phys_addr_t alloc_pool(void)
{
	return memblock_phys_alloc(POOL_SIZE, PAGE_SIZE);
}
#else
static phys_addr_t alloc_pool(void)
{
	return 0;
}
#endif

phys_addr_t early_pool;	/* BAD */

static void __init map_mem(pgd_t *pgdp)
{
	early_pool = alloc_pool();
	if (early_pool)
		memblock_mark_nomap(early_pool, POOL_SIZE);
	set_memory_valid(0, 0, 0);
}
