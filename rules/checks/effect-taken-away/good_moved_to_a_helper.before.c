/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_seal(unsigned long addr, int n)
{
	int ret = set_memory_ro(addr, n);

	if (ret)
		return ret;
	return set_memory_x(addr, n);
}
