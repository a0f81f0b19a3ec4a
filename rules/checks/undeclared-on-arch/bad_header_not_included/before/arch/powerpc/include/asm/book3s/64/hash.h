void demo_hash_map(struct page *page, int enable);
