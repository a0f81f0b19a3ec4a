/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_map(int nr);

int demo_start(int nr)
{
	return demo_map(nr);
}
