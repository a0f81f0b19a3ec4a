/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_drop(unsigned long addr, void *table)
{
	flush_tlb_kernel_range(addr, addr + PAGE_SIZE);
	if (demo_is_shared(table)) {
		kfree(table);
		return 1;
	}
	return 0;
}
