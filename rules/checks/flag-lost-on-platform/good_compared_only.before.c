/* config: AMD_MEM_ENCRYPT=y   arch: x86   path: arch/x86/kernel/demo.c */
void demo_setup(void)
{
	if (cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT))
		demo_mode = DEMO_FORCE;
	demo_start();
}

void demo_detect(void)
{
	demo_look();
}
