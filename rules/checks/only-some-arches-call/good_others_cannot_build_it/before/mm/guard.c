void guard_alloc_pool(void)
{
	pool = memblock_alloc(POOL_SIZE, PAGE_SIZE);
}
