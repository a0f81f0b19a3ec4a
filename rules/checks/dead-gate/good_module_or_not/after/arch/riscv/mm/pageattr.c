#ifdef CONFIG_DEMO
int set_memory_ro(unsigned long addr, int numpages);
#endif
