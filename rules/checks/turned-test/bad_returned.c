/* config: MMU=y   arch: x86   path: mm/demo.c */
bool demo_may_wait(gfp_t gfp);
bool demo_is_big(int nr);

bool demo_use_pool(int nr)
{
	return demo_is_big(nr) && nr > 3;	/* BAD */
}
