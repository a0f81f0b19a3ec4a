/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_start(int nr)
{
	void *p = kmalloc(nr, GFP_KERNEL);
	int ret;

	ret = demo_first(p);
	if (ret)
		goto free;
	ret = demo_second(p);
	if (ret)
		goto free;
	return 0;
free:
	kfree(p);
	return ret;
}
