/* config: MMU=y   arch: x86   path: mm/demo.c */
static struct page *demo_next_page(int left)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return ERR_PTR(-ENOMEM);
	return page;
}

int demo_fill(int left)
{
	struct page *page = demo_next_page(left);

	if (IS_ERR(page))
		return PTR_ERR(page);
	clear_highpage(page);
	return 0;
}
