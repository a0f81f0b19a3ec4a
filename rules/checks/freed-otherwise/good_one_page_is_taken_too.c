/* config: MMU=y   arch: x86 arm64   path: mm/demo.c */
int demo_try(struct demo *demo)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (demo_fill(demo, page)) {
		__free_page(page);
		return -EIO;
	}
	return 0;
}
