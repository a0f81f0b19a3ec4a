int set_memory_ro(unsigned long addr, int numpages);

int demo_protect(unsigned long addr)
{
	if (!IS_ENABLED(CONFIG_DEBUG_PAGEALLOC))
		return 0;
	if (IS_ENABLED(CONFIG_RISCV))	/* BAD */
		set_memory_ro(addr, 1);
	if (!IS_ENABLED(CONFIG_DEBUG_PAGEALLOC))	/* BAD */
		return 0;
	if (IS_ENABLED(CONFIG_DEBUG_PAGES))	/* BAD */
		return 1;
	return 2;
}
