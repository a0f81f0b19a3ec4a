/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 riscv */

int demo_hide(struct demo *demo)
{
	unsigned long addr = (unsigned long)page_address(demo->page);
	int i, err;

	for (i = 0; i < demo->nr; i++)
		demo->seen[i] = 0;
	err = set_direct_map_invalid_noflush(demo->page);
	if (!err)
		flush_tlb_kernel_range(addr, addr + PAGE_SIZE);
	return err;
}
