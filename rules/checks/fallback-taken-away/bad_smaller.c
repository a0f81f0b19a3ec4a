/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_fill(size_t size)
{
	void *p;

	p = demo_alloc(PMD_SIZE);	/* BAD */
	if (!p)
		return -ENOMEM;
	return 0;
}
