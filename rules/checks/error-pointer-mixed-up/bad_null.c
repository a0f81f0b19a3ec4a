/* config: MMU=y   arch: x86   path: mm/demo.c */
static struct page *demo_next_page(int *left)
{
	struct page *page;

	if (!*left)
		return ERR_PTR(-ENOSPC);
	page = alloc_page(GFP_KERNEL);
	if (!page)
		return ERR_PTR(-ENOMEM);
	(*left)--;
	return page;
}

int demo_fill(int left)
{
	struct page *page = demo_next_page(&left);

	if (!page)	/* BAD */
		return -ENOMEM;
	clear_highpage(page);
	return 0;
}
