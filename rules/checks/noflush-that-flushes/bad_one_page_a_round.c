/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 riscv */

int demo_hide_all(struct demo *demo)
{
	unsigned long addr = (unsigned long)page_address(demo->pages[0]);
	int i, err = 0;

	for (i = 0; i < demo->nr && !err; i++)
		err = set_direct_map_invalid_noflush(demo->pages[i]);	/* BAD */
	flush_tlb_kernel_range(addr, addr + demo->nr * PAGE_SIZE);
	return err;
}
