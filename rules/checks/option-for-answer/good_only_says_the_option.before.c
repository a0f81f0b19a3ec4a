/* config: MMU=y   arch: x86 arm64   path: mm/demo.c */
static bool demo_is_built(void)
{
	return true;
}

int demo_init(struct demo *demo)
{
	if (demo_is_built())
		demo->pool = demo_make_pool(demo, GFP_DMA);
	return demo->pool ? 0 : -ENOMEM;
}
