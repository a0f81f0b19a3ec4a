static inline bool debug_pagealloc_on(void)
{
	if (!IS_ENABLED(CONFIG_DEBUG_PAGEALLOC))
		return false;

	return static_branch_unlikely(&_debug_pagealloc);
}

void __kernel_map_pages(struct page *page, int numpages, int enable);

static inline void map_pages(struct page *page, int numpages, int enable)
{
	__kernel_map_pages(page, numpages, enable);
}
