void mm_init(void)
{
	page_alloc_init();
}
