/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
int demo_protect(void *image, unsigned long alias)
{
	int ret = set_memory_rox((unsigned long)image, 1);

	demo_unmap(alias);
	flush_tlb_kernel_range(alias, alias + PAGE_SIZE);
	return ret;
}
