/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 */

int demo_seal(unsigned long addr, int pages)
{
	return set_memory_ro(addr, pages);
}
