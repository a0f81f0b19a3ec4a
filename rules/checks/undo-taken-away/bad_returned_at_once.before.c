/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_make_combining(unsigned long addr, int pages)
{
	int ret;

	ret = demo_type_reserve(__pa(addr), pages);
	if (ret)
		return ret;

	ret = demo_change(addr, pages);
	if (ret)
		demo_type_free(__pa(addr), pages);

	return ret;
}
