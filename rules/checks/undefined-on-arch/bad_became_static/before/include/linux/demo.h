int demo_hide(struct page *page);
