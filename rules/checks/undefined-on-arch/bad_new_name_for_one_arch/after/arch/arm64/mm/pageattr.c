int set_memory_ro(unsigned long addr, int numpages)
{
	return 0;
}

int set_memory_sealed(unsigned long addr, int numpages)
{
	return set_memory_ro(addr, numpages);
}
