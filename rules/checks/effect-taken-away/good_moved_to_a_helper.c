/* config: MMU=y   arch: x86   path: mm/demo.c */
static int demo_lock(unsigned long addr, int n)
{
	return set_memory_ro(addr, n);
}

int demo_seal(unsigned long addr, int n)
{
	int ret = demo_lock(addr, n);

	if (ret)
		return ret;
	return set_memory_x(addr, n);
}
