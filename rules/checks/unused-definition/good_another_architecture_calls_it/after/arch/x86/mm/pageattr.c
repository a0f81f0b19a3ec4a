int set_direct_map_invalid_noflush(struct page *page)
{
	return 0;
}

bool kernel_page_present(struct page *page)
{
	return pte_present(*lookup(page));
}
