/* config: MMU=y   arch: x86 */
void __init demo_paging_init(void)
{
	set_memory_ro(demo_start, 1);
}

void __init setup_arch(char **cmdline)
{
	demo_paging_init();
}
