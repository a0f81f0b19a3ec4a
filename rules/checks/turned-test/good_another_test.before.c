/* config: MMU=y   arch: x86   path: mm/demo.c */
bool demo_may_wait(gfp_t gfp);
bool demo_is_big(int nr);

int demo_start(int nr)
{
	if (demo_is_big(nr))
		return -EINVAL;
	return nr;
}
