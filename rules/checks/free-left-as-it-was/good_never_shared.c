/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
static void demo_free_private(unsigned long addr, int order)
{
	if (set_memory_encrypted(addr, 1 << order))
		return;
	free_pages(addr, order);
}

void demo_release(struct page *page, void *list, int order)
{
	kfree(list);
	demo_free_private((unsigned long)page_address(page), order);
}

void demo_drop(struct page *page)
{
	__free_pages(page, 0);
}
