/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_seal(unsigned long addr, int n)
{
	set_memory_ro(addr, n);
	return set_memory_x(addr, n);
}
