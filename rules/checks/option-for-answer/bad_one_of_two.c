/* config: MMU=y   arch: x86 arm64   path: mm/demo.c */
struct page *demo_guess(struct demo *demo, unsigned int flags)
{
	if (IS_ENABLED(CONFIG_ZONE_DMA) && (flags & GFP_DMA))	/* BAD */
		return demo->low;
	return demo->all;
}
