/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_map(int nr);

int demo_start(int nr)
{
	int ret = demo_map(nr);

	if (ret)
		return ret;
	return 0;
}
