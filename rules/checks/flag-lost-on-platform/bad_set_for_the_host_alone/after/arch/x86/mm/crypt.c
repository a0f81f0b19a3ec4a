void demo_early_init(void)
{
	if (!sme_me_mask)
		return;

	demo_setup();
}
