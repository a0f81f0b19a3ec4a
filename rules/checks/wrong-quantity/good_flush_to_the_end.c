/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64   path: mm/demo.c */
void demo_hide(struct page *page, unsigned long pfn)
{
	unsigned long size = PAGE_SIZE;
	unsigned long from = pfn << PAGE_SHIFT;

	if (set_direct_map_invalid_noflush(page))
		pr_warn_once("Failed to remap page\n");
	flush_tlb_kernel_range((unsigned long)page_address(page),
			       (unsigned long)page_address(page) + size);
	flush_cache_vmap(from, from + PAGE_SIZE);
	flush_icache_range(0, PAGE_SIZE);
}
