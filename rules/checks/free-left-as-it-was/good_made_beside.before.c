/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
static struct page *demo_alloc(int order)
{
	struct page *page = alloc_pages(GFP_KERNEL, order);

	if (!page)
		return NULL;
	if (set_memory_decrypted((unsigned long)page_address(page), 1 << order))
		goto error;
	return page;
error:
	__free_pages(page, order);
	return NULL;
}

int demo_start(struct demo *demo, int order)
{
	struct page *list = alloc_pages(GFP_KERNEL, order);

	demo->shared = demo_alloc(order);
	if (list && demo_fill(list, demo->shared))
		demo->pages = order;
	__free_pages(list, order);
	return 0;
}
