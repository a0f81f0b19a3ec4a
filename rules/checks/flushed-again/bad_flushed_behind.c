/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
int demo_protect(void *image)
{
	int ret = set_memory_rox((unsigned long)image, 1);	/* BAD: flushes again there */

	flush_tlb_kernel_range((unsigned long)image, (unsigned long)image + PAGE_SIZE);
	return ret;
}
