/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: powerpc   path: arch/powerpc/platforms/pseries/demo.c */
int demo_share(unsigned long control, int pages)
{
	if (is_secure_guest())
		return set_memory_decrypted(control, pages);

	return 0;
}
