/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_take(unsigned long size)
{
	return 0;
}
