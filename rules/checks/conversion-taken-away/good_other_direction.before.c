/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
void demo_clear(const void *addr, unsigned int count)
{
	struct page *page = virt_to_page(addr);
	unsigned long size = count << PAGE_SHIFT;

	demo_purge(page, size);
}
