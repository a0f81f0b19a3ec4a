/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
void demo_pool_init(struct demo_pool *pool)
{
	if (set_memory_decrypted((unsigned long)pool->start, pool->pages)) {
		pr_warn_once("demo: the pool cannot be shared, it stays off\n");
		return;
	}
	pool->ready = true;
}
