int set_pages_array_wc(struct page **pages, int addrinarray);
