/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: powerpc   path: arch/powerpc/platforms/pseries/svm.c */
static inline int uv_share_page(u64 pfn, u64 npages)
{
	return ucall_norets(UV_SHARE_PAGE, pfn, npages);
}

static inline int uv_unshare_page(u64 pfn, u64 npages)
{
	return ucall_norets(UV_UNSHARE_PAGE, pfn, npages);
}

int set_memory_decrypted(unsigned long addr, int numpages)
{
	int i;

	for (i = 0; i < numpages; i++) {
		if (uv_share_page(PHYS_PFN(__pa(addr)) + i, 1))
			goto undo;
	}
	return 0;

undo:
	uv_unshare_page(PHYS_PFN(__pa(addr)), i);	/* the failure is returned all the same */
	return -EIO;
}
