/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_map(int nr);

int demo_start(int nr, bool optional)
{
	int ret = demo_map(nr);

	if (ret && !optional)
		return ret;
	return 0;
}
