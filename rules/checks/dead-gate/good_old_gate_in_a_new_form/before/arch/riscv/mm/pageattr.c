int set_memory_ro(unsigned long addr, int numpages);

int demo_protect(unsigned long addr)
{
#ifdef CONFIG_MMU
	return set_memory_ro(addr, 1);
#endif
}
