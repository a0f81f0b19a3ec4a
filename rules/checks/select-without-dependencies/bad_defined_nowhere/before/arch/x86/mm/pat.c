int set_direct_map_invalid_noflush(struct page *page)
{
	return __set_page(page, 0);
}
