/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86   path: arch/x86/mm/demo.c */
static int demo_convert(unsigned long addr, int pages, bool enc)
{
	struct cpa_data cpa;
	int ret;

	demo_prepare(&cpa, addr, pages, enc);
	ret = demo_change(&cpa);
	cpa_flush(&cpa, 0);
	if (ret)
		return ret;

	return x86_platform.guest.enc_status_change_finish(addr, pages, enc);
}
