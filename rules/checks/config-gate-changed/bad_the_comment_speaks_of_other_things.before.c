/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86   path: arch/x86/kernel/demo_kexec.c */
int demo_share(unsigned long control, int pages)
{
	if (cc_platform_has(CC_ATTR_MEM_ENCRYPT))
		return set_memory_decrypted(control, pages);

	return 0;
}
