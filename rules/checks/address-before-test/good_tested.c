/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_start(void)
{
	struct page *page = alloc_pages(GFP_KERNEL, 0);
	void *p;

	if (!page)
		return -ENOMEM;
	p = page_address(page);
	memset(p, 0, PAGE_SIZE);
	return 0;
}
