/* config: MMU=y   arch: x86   path: mm/demo.c */
bool demo_wants_zero(gfp_t gfp);
void demo_hook(void *p, bool zero);

void demo_done(void *p, gfp_t gfp)
{
	if (demo_wants_zero(gfp))
		memset(p, 0, 64);
	demo_hook(p, false);
}
