/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_clean(unsigned long start, unsigned long end)
{
	unsigned int window;
	int ret;

	window = demo_open_user();
	ret = demo_clean_range(start, end);
	demo_close_user(window);
	return ret;
}
