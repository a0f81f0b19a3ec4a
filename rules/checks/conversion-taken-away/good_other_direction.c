/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
void demo_clear(const void *addr, unsigned int count)
{
	struct page *page = vmalloc_to_page(addr);
	unsigned long size = (unsigned long)count << PAGE_SHIFT;

	demo_purge(page, size);
}
