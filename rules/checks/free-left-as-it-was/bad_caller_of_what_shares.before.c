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

struct page *demo_alloc_below(int order, u64 limit)
{
	struct page *page = demo_alloc(order);

	if (page && page_to_phys(page) > limit) {
		__free_pages(page, order);
		return NULL;
	}
	return page;
}
