/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
int demo_protect(unsigned long addr, int pages)
{
	int ret;

	ret = set_memory_ro(addr, pages);
	ret |= set_memory_x(addr, pages);
	return ret;
}
