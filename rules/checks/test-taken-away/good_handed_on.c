/* config: MMU=y   arch: x86   path: mm/demo.c */
bool demo_wants_zero(gfp_t gfp);
void demo_hook(void *p, bool zero);

void demo_done(void *p, gfp_t gfp)
{
	demo_hook(p, demo_wants_zero(gfp));
}
