#ifndef CONFIG_MMU
static inline bool kernel_page_present(struct page *page) { return true; }
#endif
