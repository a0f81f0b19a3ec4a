/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_unmap(unsigned long addr, pte_t *ptep)
{
	pte_clear(&init_mm, addr, ptep);
	flush_tlb_kernel_range(addr, addr + PAGE_SIZE);
	demo_account(addr);
}
