/* config: MMU=y   arch: x86 arm64   path: mm/demo.c */
int demo_try(struct demo *demo)
{
	struct page *page = alloc_pages(GFP_KERNEL, demo->order);

	if (!page)
		return -ENOMEM;
	if (demo_fill(demo, page)) {
		__free_pages(page, demo->order);
		return -EIO;
	}
	return 0;
}
