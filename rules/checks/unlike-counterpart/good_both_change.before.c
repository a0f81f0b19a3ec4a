/* config: DEMO=y   arch: x86   path: arch/x86/mm/demo.c */
int set_memory_ro(unsigned long addr, int numpages)
{
	return demo_attr_clear(&addr, numpages, __pgprot(_PAGE_RW), 0);
}

int set_memory_rw(unsigned long addr, int numpages)
{
	return demo_attr_set(&addr, numpages, __pgprot(_PAGE_RW), 0);
}
