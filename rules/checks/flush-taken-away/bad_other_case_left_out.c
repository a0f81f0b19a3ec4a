/* config: ARCH_HAS_SET_MEMORY=y   arch: arm64   path: arch/arm64/mm/demo.c */
static int demo_change(unsigned long start, unsigned long size, pgprot_t set, pgprot_t clear)
{
	int ret = demo_walk(start, size, set, clear);

	/* What was not valid is in no TLB. */
	if (pgprot_val(set) == DEMO_INVALID && pgprot_val(clear) == DEMO_VALID)	/* BAD: where (pgprot_val(clear) == DEMO_VALID) && */
		return ret;

	flush_tlb_kernel_range(start, start + size);
	return ret;
}
