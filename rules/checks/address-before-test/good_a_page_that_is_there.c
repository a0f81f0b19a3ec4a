/* config: MMU=y   arch: x86   path: mm/demo.c */
struct page *demo_page(int nr);

int demo_start(void)
{
	void *p = page_address(demo_page(0));

	if (!p)
		return -ENOMEM;
	memset(p, 0, PAGE_SIZE);
	return 0;
}
