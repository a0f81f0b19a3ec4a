/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
static void demo_free_private(unsigned long addr, int order)
{
	if (set_memory_encrypted(addr, 1 << order))
		return;
	free_pages(addr, order);
}

static struct page *demo_alloc(int order)
{
	struct page *page = alloc_pages(GFP_KERNEL, order);

	if (!page)
		return NULL;
	if (set_memory_decrypted((unsigned long)page_address(page), 1 << order))
		goto error;
	return page;
error:
	demo_free_private((unsigned long)page_address(page), order);
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
