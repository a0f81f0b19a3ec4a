void debug_unmap(struct page *page)
{
	__kernel_map_pages(page, 1, 0);
}
