int set_memory_np(unsigned long addr, int numpages)
{
	return change_page_attr_clear(&addr, numpages, _PAGE_PRESENT);
}

int set_memory_uc(unsigned long addr, int numpages)
{
	return 0;
}
EXPORT_SYMBOL(set_memory_uc);
