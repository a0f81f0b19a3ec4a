/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 arm64 */
static void *demo_alloc_shared(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);
	void *vaddr;

	if (!page)
		return NULL;
	vaddr = page_address(page);
	if (set_memory_decrypted((unsigned long)vaddr, 1 << order))
		goto error;
	return vaddr;

error:
	__free_pages(page, order);	/* BAD */
	return NULL;
}
