/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86   path: mm/demo.c */
int demo_keep(struct demo *demo, struct page *page)
{
	unsigned long addr = (unsigned long)page_address(page);
	int ret = set_direct_map_invalid_noflush(page);

	if (ret)
		return ret;
	list_add(&page->lru, &demo->pages);	/* BAD: list_add */
	flush_tlb_kernel_range(addr, addr + PAGE_SIZE);
	return 0;
}
