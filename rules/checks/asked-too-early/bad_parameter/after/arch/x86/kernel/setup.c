/* config: MMU=y   arch: x86 */
void __init demo_paging_init(void)
{
	if (!demo_interval)	/* BAD: what the command line says */
		return;
	set_memory_ro(demo_start, 1);
}

void __init setup_arch(char **cmdline)
{
	demo_paging_init();
}
