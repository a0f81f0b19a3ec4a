/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: powerpc   path: arch/powerpc/platforms/pseries/svm.c */
static inline int uv_share_page(u64 pfn, u64 npages)
{
	return ucall_norets(UV_SHARE_PAGE, pfn, npages);
}

static int demo_check(unsigned long addr)
{
	return 0;
}

static int demo_free_record(unsigned long addr)
{
	return demo_find(addr) ? 0 : -ENOENT;
}

int set_memory_decrypted(unsigned long addr, int numpages)
{
	demo_check(addr);	/* always 0 */
	if (uv_share_page(PHYS_PFN(__pa(addr)), numpages))
		return -EIO;
	demo_free_record(addr);	/* the work is done by then */
	return 0;
}
