int set_memory_ro(unsigned long addr, int numpages);
int set_memory_sealed(unsigned long addr, int numpages);
