/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_clean(unsigned long start, unsigned long end)
{
	int ret;

	ret = demo_clean_range(start, end);	/* BAD: 'demo_open_user()' and 'demo_close_user(window)' */
	return ret;
}
