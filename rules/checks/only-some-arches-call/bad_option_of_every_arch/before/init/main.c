static void late_setup(void)
{
	if (system_is_up())
		return;
	guard_alloc_pool();	/* BAD */
	free_pages_early();
}
