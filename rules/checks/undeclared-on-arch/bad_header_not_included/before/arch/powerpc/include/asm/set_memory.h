int set_memory_p(unsigned long addr, int numpages);
