/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_detach(int nr);

void demo_remove(int nr)
{
	demo_detach(nr);
}
