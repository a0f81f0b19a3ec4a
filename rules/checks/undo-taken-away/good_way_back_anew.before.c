/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_start(int nr)
{
	void *a = kmalloc(nr, GFP_KERNEL), *b = kmalloc(nr, GFP_KERNEL);

	if (demo_run(a, b)) {
		kfree(a);
		kfree(b);
		return -EIO;
	}
	return 0;
}
