/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86   path: arch/x86/kernel/demo_kexec.c */
int demo_share(unsigned long control, int pages)
{
	/* Not for demo_park(), which has its own pages. */
	if (cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT))	/* BAD: 'demo_share' does not call */
		return set_memory_decrypted(control, pages);

	return 0;
}
