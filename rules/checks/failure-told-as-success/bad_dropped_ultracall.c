/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: powerpc   path: arch/powerpc/platforms/pseries/svm.c */
static inline int uv_share_page(u64 pfn, u64 npages)
{
	return ucall_norets(UV_SHARE_PAGE, pfn, npages);
}

int set_memory_decrypted(unsigned long addr, int numpages)
{
	if (!PAGE_ALIGNED(addr))
		return -EINVAL;

	uv_share_page(PHYS_PFN(__pa(addr)), numpages);	/* BAD */
	return 0;
}
