#ifdef CONFIG_PRESENCE_CHECKS
void check(struct page *page)
{
	WARN_ON(!kernel_page_present(page));
}
#endif
