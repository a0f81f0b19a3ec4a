#ifdef CONFIG_DEBUG_NEW
int set_memory_ro(unsigned long addr, int numpages);
#endif
