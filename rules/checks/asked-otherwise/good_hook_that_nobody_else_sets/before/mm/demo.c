void demo_setup(void)
{
	demo_platform.reserve();
	demo_rest();
}
