int set_memory_ro(unsigned long addr, int numpages);
#ifdef CONFIG_ARM64
static inline int set_memory_sealed(unsigned long addr, int numpages)
{
	return set_memory_ro(addr, numpages);
}
#else
static inline int set_memory_sealed(unsigned long addr, int numpages) { return 0; }
#endif
