/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
dma_addr_t demo_map_resource(struct device *dev, phys_addr_t paddr, size_t size)
{
	dma_addr_t dma_addr = demo_phys_to_dma(dev, paddr);

	if (!dma_capable(dev, dma_addr, size, false))
		return DMA_MAPPING_ERROR;
	return dma_addr;
}
