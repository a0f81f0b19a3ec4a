/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */

void demo_share_first(void *vaddr, int pages)
{
	if (set_memory_decrypted((unsigned long)vaddr, pages))	/* BAD */
		panic("Cannot share the pool");
	demo_pool(vaddr);
}

int demo_share_late(void *vaddr, int pages)
{
	int ret;

	ret = set_memory_decrypted((unsigned long)vaddr, pages);
	if (ret)
		return ret;
	demo_pool(vaddr);
	return 0;
}
