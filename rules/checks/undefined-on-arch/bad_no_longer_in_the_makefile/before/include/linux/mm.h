bool kernel_page_present(struct page *page);
