/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_start(void)
{
	void *p = vmalloc(PAGE_SIZE);

	if (!p)
		return -ENOMEM;
	demo_fill(p);
	kfree(p);	/* BAD */
	return 0;
}
