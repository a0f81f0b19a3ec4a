void demo_detect(void)
{
	if (cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT))
		demo_enable = true;
}
