/* config: AMD_MEM_ENCRYPT=y   arch: x86   path: arch/x86/kernel/demo.c */
void demo_setup(void)
{
	demo_start();
}

void demo_detect(void)
{
	if (cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT))
		demo_enable = demo_mode == DEMO_FORCE;
	demo_look();
}
