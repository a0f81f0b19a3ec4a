static inline bool force_dma_unencrypted(struct device *dev)
{
	return cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT);
}
