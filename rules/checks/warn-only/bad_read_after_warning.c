/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */
void demo_copy(struct page *page, void *to)
{
	if (set_direct_map_default_noflush(page))	/* BAD */
		pr_warn("demo: page stays hidden\n");
	memcpy(to, page_address(page), PAGE_SIZE);
}
