int set_memory_ro(unsigned long addr, int numpages)
{
	return __set_memory(addr, numpages, 0, 1);
}

int set_memory_nx(unsigned long addr, int numpages)
{
	return __set_memory(addr, numpages, 0, 2);
}

int set_direct_map_invalid_noflush(struct page *page)
{
	return __set_memory(addr, numpages, 0, 4);
}
