/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
int demo_decrypt(void *buffer, size_t size)
{
	return set_memory_decrypted((unsigned long)buffer, PFN_UP(size));
}
