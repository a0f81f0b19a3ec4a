int set_direct_map_invalid_noflush(struct page *page)
{
	return 0;
}

void map_mem(void)
{
	guard_alloc_pool();
	map_range();
}
