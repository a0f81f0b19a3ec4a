/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_start(void)
{
	void *p = page_address(alloc_pages(GFP_KERNEL, 0));	/* BAD */

	if (!p)
		return -ENOMEM;
	memset(p, 0, PAGE_SIZE);
	return 0;
}
