/* config: ARCH_HAS_SET_MEMORY=y   arch: powerpc   path: arch/powerpc/mm/demo.c */
static int demo_change_page(pte_t *ptep, unsigned long addr, void *data)
{
	pte_t pte = ptep_get(ptep);

	set_pte_at(&init_mm, addr, ptep, pte_wrprotect(pte));
	return 0;
}

int demo_change(unsigned long start, unsigned long size, long action)
{
	if (!size)
		return 0;

	flush_tlb_kernel_range(start, start + size);	/* BAD: in front of 'apply_to_existing_page_range()', and not behind it */
	return apply_to_existing_page_range(&init_mm, start, size,
					    demo_change_page, (void *)action);
}
