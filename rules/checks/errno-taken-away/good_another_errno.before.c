/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_start(int nr)
{
	if (nr < 0)
		return -EINVAL;
	return demo_attach(nr);
}
