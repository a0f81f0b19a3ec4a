/* config: AMD_MEM_ENCRYPT=y   arch: x86   path: arch/x86/mm/demo.c */
bool force_dma_unencrypted(struct device *dev)
{
	if (cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT) && dev->demo_guest)
		return true;

	return dev->demo_far;
}
