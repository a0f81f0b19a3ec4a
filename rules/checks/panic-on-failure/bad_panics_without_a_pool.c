/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
void demo_pool_init(struct demo_pool *pool)
{
	int err;

	err = set_memory_decrypted((unsigned long)pool->start, pool->pages);	/* BAD */
	if (err)
		panic("demo: the pool cannot be shared\n");
	pool->ready = true;
}
