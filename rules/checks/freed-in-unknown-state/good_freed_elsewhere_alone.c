/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
static int demo_add_shared(struct demo *demo, gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);
	int err;

	if (!page)
		return -ENOMEM;
#ifdef CONFIG_ARM64
	demo->map = demo_map(page, order);
	if (!demo->map)
		goto error;
#endif
	err = set_memory_decrypted((unsigned long)page_address(page), 1 << order);
	if (err)
		goto unmap;
	return demo_add(demo, page);

unmap:
#ifdef CONFIG_ARM64
	demo_unmap(demo->map);
error:
	__free_pages(page, order);
#endif
	return -ENOMEM;
}
