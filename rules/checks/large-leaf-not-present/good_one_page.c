/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 */

int demo_hide(unsigned long addr)
{
	return set_memory_np(addr, 1);
}
