/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
void demo_release(struct cma *cma, struct page *page, int order)
{
	if (cma_release(cma, page, 1 << order))
		return;
	__free_pages(page, order);
}
