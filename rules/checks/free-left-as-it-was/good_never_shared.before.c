/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
void demo_release(struct page *page, void *list, int order)
{
	kfree(list);
	__free_pages(page, order);
}

void demo_drop(struct page *page)
{
	__free_pages(page, 0);
}
