/* config: AMD_MEM_ENCRYPT=y   arch: x86   path: arch/x86/mm/demo.c */
bool force_dma_unencrypted(struct device *dev)
{
	if (cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT)) /* BAD question */
		return true;

	return false;
}
