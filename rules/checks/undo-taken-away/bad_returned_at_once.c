/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_make_combining(unsigned long addr, int pages)
{
	int ret;

	ret = demo_type_reserve(__pa(addr), pages);
	if (ret)	/* BAD: demo_type_free(__pa(addr), pages) */
		return ret;

	return demo_change(addr, pages);
}
