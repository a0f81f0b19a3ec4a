#ifdef CONFIG_HAS_PRESENT
bool page_is_present(struct page *page);
#else
static inline bool page_is_present(struct page *page) { return true; }
#endif

void __kernel_map_pages(struct page *page, int numpages, int enable);

static inline void map_pages(struct page *page, int numpages, int enable)
{
	__kernel_map_pages(page, numpages, enable);
}
