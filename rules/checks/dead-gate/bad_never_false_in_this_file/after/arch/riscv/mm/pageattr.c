#ifdef CONFIG_MMU	/* BAD */
int set_memory_ro(unsigned long addr, int numpages);
#endif
