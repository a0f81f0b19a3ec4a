void *probe_page(void)
{
	void *page = module_alloc(PAGE_SIZE);

	if (page)
		set_memory_ro((unsigned long)page, 1);
	return page;
}
