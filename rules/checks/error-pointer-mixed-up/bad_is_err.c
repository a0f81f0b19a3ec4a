/* config: MMU=y   arch: x86   path: mm/demo.c */
static struct page *demo_first_page(int nr)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return NULL;
	return page;
}

int demo_fill(int nr)
{
	struct page *page = demo_first_page(nr);

	if (IS_ERR(page))	/* BAD */
		return PTR_ERR(page);
	clear_highpage(page);
	return 0;
}
