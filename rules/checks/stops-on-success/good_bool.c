/* config: MMU=y   arch: x86   path: mm/demo.c */
static bool demo_present(int nr)
{
	return nr > 4;
}

void demo_init(void)
{
	BUG_ON(!demo_present(3));
}
