/* config: AMD_MEM_ENCRYPT=y   arch: x86   path: arch/x86/mm/demo.c */
bool force_dma_unencrypted(struct device *dev)
{
	if (demo_guest_has(DEMO_SEV))
		return true;

	return dev->demo_far && demo_guest_has(DEMO_SME);
}

int demo_share(struct device *dev, void *addr, int pages)
{
	if (!force_dma_unencrypted(dev))
		return 0;
	return set_memory_decrypted((unsigned long)addr, pages);
}
