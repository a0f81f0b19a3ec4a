/* config: MMU=y   arch: x86   path: mm/demo.c */
static bool demo_use_pool(gfp_t gfp, int nr)
{
	return !gfpflags_allow_blocking(gfp) && nr < 4;
}
