/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_start(int nr)
{
	void *p;
	int ret = 0;

	p = kmalloc(nr, GFP_KERNEL);
	if (!p)
		goto out;	/* BAD */
	demo_use(p);
out:
	return ret;
}
