/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_start(int nr)
{
	int ret = demo_attach(nr);

	if (ret < 0)
		return ret;
	demo_use(nr);
	return 0;
}
