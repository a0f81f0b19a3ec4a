void mm_init(void)
{
	page_alloc_init();
	guard_alloc_pool();	/* BAD */
}
