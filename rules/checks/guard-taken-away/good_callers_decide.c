/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_protect(const struct demo *d)
{
	int ret;

	ret = demo_change(d, DEMO_TEXT, set_memory_ro);
	if (ret)
		return ret;

	return 0;
}

int demo_protect_late(const struct demo *d)
{
	if (!demo_enabled)
		return 0;

	return demo_change(d, DEMO_LATE, set_memory_ro);
}
