void demo_setup(void)
{
	demo_start();
}

void demo_detect(void)
{
	if (!cc_platform_has(CC_ATTR_GUEST_STATE_ENCRYPT))
		return;
	demo_look();
	demo_init(DEMO_FORCE | DEMO_LOUD);
}
