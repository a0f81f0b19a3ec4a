/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_load(struct demo *d)
{
	int ret;

	ret = demo_have_lines(d);
	if (ret)
		return ret;
	demo_mark(d);	/* BAD */
	return demo_end(d);
}

int demo_probe(struct demo *d)
{
	int ret;

	ret = demo_load(d);
	if (ret)
		return ret;
	ret = demo_register(d);
	if (ret)
		return ret;
	demo_screen_teardown(d);
	return 0;
}
