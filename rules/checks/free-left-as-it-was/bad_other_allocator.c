/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
static void demo_free_private(unsigned long addr, int order)
{
	if (set_memory_encrypted(addr, 1 << order))
		return;
	free_pages(addr, order);
}

void demo_release(struct cma *cma, struct page *page, int order)
{
	if (cma_release(cma, page, 1 << order))	/* BAD */
		return;
	demo_free_private((unsigned long)page_address(page), order);
}
