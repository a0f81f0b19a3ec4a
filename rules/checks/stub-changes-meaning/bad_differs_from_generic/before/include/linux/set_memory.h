#ifndef CONFIG_ARCH_HAS_SET_DIRECT_MAP
static inline bool kernel_page_present(struct page *page)
{
	return true;
}

static inline int set_direct_map_invalid_noflush(struct page *page)
{
	return 0;
}
#endif
