int set_direct_map_invalid_noflush(struct page *page)
{
	return 0;
}
