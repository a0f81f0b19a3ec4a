#ifndef CONFIG_MMU
static inline int set_direct_map_invalid_noflush(struct page *page) { return -EOPNOTSUPP; }	/* BAD */
#endif
