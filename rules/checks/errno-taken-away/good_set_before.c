/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_start(int nr)
{
	void *p;
	int ret = -ENOMEM;

	p = kmalloc(nr, GFP_KERNEL);
	if (!p)
		goto out;
	demo_use(p);
	ret = 0;
out:
	return ret;
}
