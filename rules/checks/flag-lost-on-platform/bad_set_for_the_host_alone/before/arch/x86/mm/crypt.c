void demo_early_init(void)
{
	if (!sme_me_mask)
		return;

	demo_setup();

	if (cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT))
		demo_mode = DEMO_FORCE; /* BAD warning: On SEV guest, SEV-ES guest and SEV-SNP guest no line of the series sets 'DEMO_FORCE' any more */
}
