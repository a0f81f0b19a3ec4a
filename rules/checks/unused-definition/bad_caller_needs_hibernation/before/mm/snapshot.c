void copy(struct page *page)
{
	if (kernel_page_present(page))
		copy_page(page);
}
