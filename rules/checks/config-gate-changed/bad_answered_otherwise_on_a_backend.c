/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86   path: arch/x86/mm/pat/set_memory.c */
int set_memory_decrypted(unsigned long addr, int numpages)
{
	if (!cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT))	/* BAD: 'set_memory_decrypted' does nothing any more on the backend SME host */
		return 0;

	return demo_convert(addr, numpages, false);
}
