/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 */

int demo_poison(unsigned long addr)
{
	int err = set_memory_np(addr, 1 << (PMD_SHIFT - PAGE_SHIFT));	/* BAD */

	if (err)
		pr_warn("cannot take the memory away\n");
	return err;
}
