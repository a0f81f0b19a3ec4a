/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_fill(size_t size)
{
	void *p;

	p = demo_alloc(PMD_SIZE);
	if (!p) {
		size = PAGE_SIZE;
		p = demo_alloc(size);
	}
	if (!p)
		return -ENOMEM;
	return 0;
}
