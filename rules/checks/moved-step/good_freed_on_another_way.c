/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_drop(unsigned long addr, void *table)
{
	if (demo_is_shared(table)) {
		kfree(table);
		return 1;
	}
	flush_tlb_kernel_range(addr, addr + PAGE_SIZE);
	return 0;
}
