/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_protect(int nr);
void demo_unload(int nr);

int demo_finish(int nr)
{
	int ret = demo_protect(nr);

	if (ret)
		goto fail;
	return 0;
fail:
	demo_unload(nr);
	return ret;
}
