/* config: MMU=y   arch: x86   path: mm/demo.c */
struct page *demo_lookup(int nr);

static struct page *demo_next_page(int nr)
{
	if (nr < 0)
		return ERR_PTR(-EINVAL);
	return demo_lookup(nr);
}

int demo_fill(int nr)
{
	struct page *page = demo_next_page(nr);

	if (!page)
		return -ENOMEM;
	clear_highpage(page);
	return 0;
}
