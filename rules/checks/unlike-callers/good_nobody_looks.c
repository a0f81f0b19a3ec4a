/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_poke(int nr);

void demo_start(int nr)
{
	demo_poke(nr);
}
