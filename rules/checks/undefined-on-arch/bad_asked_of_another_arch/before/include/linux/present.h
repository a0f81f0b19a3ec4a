#ifndef CONFIG_HAS_PRESENT
static inline bool page_is_present(struct page *page) { return true; }
#endif
