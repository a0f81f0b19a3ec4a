/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_fill(size_t size)
{
	void *p = kmalloc(size, GFP_KERNEL);

	if (!p)
		p = vmalloc(size);
	if (!p)
		return -ENOMEM;
	return 0;
}
