/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_start(int nr)
{
	void *a = kmalloc(nr, GFP_KERNEL), *b = kmalloc(nr, GFP_KERNEL);

	return demo_run(a, b);
}
