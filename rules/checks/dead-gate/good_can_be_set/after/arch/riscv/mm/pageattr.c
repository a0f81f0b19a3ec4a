#ifdef CONFIG_DEBUG_PAGEALLOC
int set_memory_ro(unsigned long addr, int numpages);
#endif
