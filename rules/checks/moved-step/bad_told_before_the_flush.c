/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86   path: arch/x86/mm/demo.c */
static int demo_convert(unsigned long addr, int pages, bool enc)
{
	struct cpa_data cpa;
	int ret;

	demo_prepare(&cpa, addr, pages, enc);
	ret = demo_change(&cpa);
	if (ret) {
		cpa_flush(&cpa, 0);
		return ret;
	}

	ret = x86_platform.guest.enc_status_change_finish(addr, pages, enc);	/* BAD: before 'cpa_flush(&cpa, 0)' now */
	cpa_flush(&cpa, 0);
	return ret;
}
