/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_attach(int nr);
int demo_map(int nr);

int demo_start(int nr)
{
	int ret;

	ret = demo_attach(nr);
	if (ret)
		return ret;
	return demo_map(nr);
}
