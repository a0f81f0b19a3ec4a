/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_clear_one(unsigned long addr, pte_t *ptep)
{
	pte_clear(&init_mm, addr, ptep);
	flush_tlb_kernel_range(addr, addr + PAGE_SIZE);
}

void demo_unmap(unsigned long addr, pte_t *ptep)
{
	demo_clear_one(addr, ptep);
}
