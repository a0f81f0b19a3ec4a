/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */
static int demo_map(struct page *page)
{
	return set_direct_map_default_noflush(page);
}

int demo_copy(struct page *page, void *to)
{
	int ret = demo_map(page);

	if (ret)
		return ret;
	memcpy(to, page_address(page), PAGE_SIZE);
	return 0;
}
