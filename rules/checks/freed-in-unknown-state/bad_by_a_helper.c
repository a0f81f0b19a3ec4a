/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86   path: drivers/demo/demo.c */
static void demo_free_pages(struct demo *d, struct page *page)
{
	d->count--;
	__free_pages(page, d->order);
}

struct page *demo_alloc_pages(struct demo *d)
{
	struct page *page = alloc_pages(GFP_KERNEL, d->order);

	if (!page)
		return NULL;
	if (set_memory_decrypted((unsigned long)page_address(page), 1 << d->order)) {
		demo_free_pages(d, page);	/* BAD error: frees 'page' with 'demo_free_pages' */
		return NULL;
	}
	return page;
}
