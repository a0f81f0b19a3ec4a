/* config: MMU=y   arch: x86   path: mm/demo.c */
static struct page *demo_alloc(gfp_t gfp)
{
	struct page *page = alloc_pages(gfp, 0);

	if (!page)
		return NULL;
	return page;
}

int demo_start(void)
{
	void *p;

	p = page_address(demo_alloc(GFP_KERNEL));	/* BAD */
	if (p)
		memset(p, 0, PAGE_SIZE);
	return 0;
}
