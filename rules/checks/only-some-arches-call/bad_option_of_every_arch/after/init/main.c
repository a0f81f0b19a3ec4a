static void late_setup(void)
{
	if (system_is_up())
		return;
	free_pages_early();
}
