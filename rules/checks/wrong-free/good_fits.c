/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_copy(struct page *page, void *to)
{
	void *from = kmap_local_page(page);

	memcpy(to, from, PAGE_SIZE);
	kunmap_local(from);
}
