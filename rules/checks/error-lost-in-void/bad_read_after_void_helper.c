/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */
static void demo_map(struct page *page)
{
	int ret = set_direct_map_default_noflush(page);

	if (ret)
		pr_warn("demo: page stays hidden (%d)\n", ret);
}

void demo_copy(struct page *page, void *to)
{
	demo_map(page);	/* BAD */
	memcpy(to, page_address(page), PAGE_SIZE);
}
