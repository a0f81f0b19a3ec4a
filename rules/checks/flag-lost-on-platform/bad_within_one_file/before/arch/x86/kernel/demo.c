void demo_setup(void)
{
	if (cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT))
		demo_mode = DEMO_FORCE; /* BAD */
	demo_start();
}

void demo_detect(void)
{
	demo_look();
}
