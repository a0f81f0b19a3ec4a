/* config: MMU=y   arch: x86 arm64   path: mm/demo.c */
bool demo_has_low_memory(struct demo *demo)
{
	return demo->low && demo_pages(demo->low) > 0;
}

int demo_init(struct demo *demo)
{
	if (IS_ENABLED(CONFIG_ZONE_DMA))	/* BAD */
		demo->pool = demo_make_pool(demo, GFP_DMA);
	return demo->pool ? 0 : -ENOMEM;
}
