/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_protect(int nr);

int demo_finish(int nr)
{
	int ret = demo_protect(nr);

	if (ret)
		pr_warn("%d stays writable\n", nr);
	return 0;
}
