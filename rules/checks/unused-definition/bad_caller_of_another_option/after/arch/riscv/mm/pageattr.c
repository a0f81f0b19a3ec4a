int set_direct_map_invalid_noflush(struct page *page)
{
	return 0;
}

bool kernel_page_present(struct page *page)	/* BAD */
{
	return pte_present(*lookup(page));
}
