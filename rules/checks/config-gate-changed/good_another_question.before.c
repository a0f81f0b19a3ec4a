/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86   path: arch/x86/mm/pat/set_memory.c */
int set_memory_decrypted(unsigned long addr, int numpages)
{
	if (!memory_is_encrypted())
		return 0;
	return convert(addr, numpages, false);
}
