/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_ctor(struct page *page);

struct page *demo_alloc(gfp_t gfp)
{
	struct page *page = alloc_pages(gfp, 0);

	if (!page)
		return NULL;
	demo_ctor(page);	/* BAD */
	return page;
}
