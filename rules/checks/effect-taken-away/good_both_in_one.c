/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_seal(unsigned long addr, int n)
{
	return set_memory_rox(addr, n);
}
