/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_query(unsigned long addr)
{
	int ret = demo_look(addr);

	flush_tlb_kernel_range(addr, addr + PAGE_SIZE);
	return ret;
}
