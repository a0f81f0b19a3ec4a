/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: powerpc   path: arch/powerpc/platforms/pseries/svm.c */
int set_memory_decrypted(unsigned long addr, int numpages)
{
	if (!is_secure_guest())
		return 0;

	return demo_convert(addr, numpages, false);
}
