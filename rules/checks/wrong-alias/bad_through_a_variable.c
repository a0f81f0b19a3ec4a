/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */

int demo_seal(unsigned int order)
{
	unsigned long addr;

	addr = __get_free_pages(GFP_KERNEL, order);
	if (!addr)
		return -ENOMEM;
	return set_memory_ro(addr, 1 << order);	/* BAD */
}
