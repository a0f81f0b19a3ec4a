#ifdef CONFIG_DEBUG_PAGE_ALLOC	/* BAD */
int set_memory_ro(unsigned long addr, int numpages);
#endif
