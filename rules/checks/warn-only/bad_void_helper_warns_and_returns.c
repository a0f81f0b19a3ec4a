/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */
static void demo_map(struct page *page)
{
	int ret = set_direct_map_default_noflush(page);	/* BAD */

	if (WARN_ON(ret))
		return;
	flush_tlb_kernel_range((unsigned long)page_address(page),
			       (unsigned long)page_address(page) + PAGE_SIZE);
}

void demo_copy(struct page *page, void *to)
{
	demo_map(page);
	memcpy(to, page_address(page), PAGE_SIZE);
}
