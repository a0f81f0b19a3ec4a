/* config: MMU=y   arch: x86 arm64   path: mm/demo.c */
static bool demo_is_built(void)
{
	return true;
}

int demo_init(struct demo *demo)
{
	if (IS_ENABLED(CONFIG_ZONE_DMA))
		demo->pool = demo_make_pool(demo, GFP_DMA);
	return demo->pool ? 0 : -ENOMEM;
}
