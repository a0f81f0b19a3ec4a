/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_change(unsigned long start, unsigned long end)
{
	unsigned long addr;

	for (addr = start; addr < end; addr += PAGE_SIZE)
		set_pte_at(&init_mm, addr, demo_entry_of(addr), demo_value(addr));
	flush_tlb_all();
	return 0;
}
