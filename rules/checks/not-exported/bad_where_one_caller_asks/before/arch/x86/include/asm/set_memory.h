int set_memory_np(unsigned long addr, int numpages);
int set_memory_uc(unsigned long addr, int numpages);
