/* config: ARCH_HAS_SET_MEMORY=y   arch: arm64   path: arch/arm64/mm/pageattr.c */
static int demo_update(unsigned long start, unsigned long size, pgprot_t set, pgprot_t clear)
{
	int ret;

	if (!cc_platform_has(CC_ATTR_MEM_ENCRYPT))
		return 0;

	ret = apply_to_page_range(&init_mm, start, size, demo_change, NULL);
	flush_tlb_kernel_range(start, start + size);
	return ret;
}

int set_memory_ro(unsigned long addr, int numpages)
{
	return demo_update(addr, PAGE_SIZE * numpages, PAGE_RO, PAGE_RW);
}

int set_memory_x(unsigned long addr, int numpages)
{
	return demo_update(addr, PAGE_SIZE * numpages, PAGE_X, PAGE_NX);
}
