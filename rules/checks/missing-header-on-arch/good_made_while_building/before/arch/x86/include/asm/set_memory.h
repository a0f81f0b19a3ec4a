int set_memory_ro(unsigned long addr, int numpages);
