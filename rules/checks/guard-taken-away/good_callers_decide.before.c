/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_protect(const struct demo *d, bool late)
{
	int ret;

	ret = demo_change(d, DEMO_TEXT, set_memory_ro);
	if (ret)
		return ret;

	if (late)
		return demo_change(d, DEMO_LATE, set_memory_ro);

	return 0;
}
