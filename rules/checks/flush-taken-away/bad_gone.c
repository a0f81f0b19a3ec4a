/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_unmap(unsigned long addr, pte_t *ptep)
{
	pte_clear(&init_mm, addr, ptep);
	demo_account(addr);	/* BAD */
}
