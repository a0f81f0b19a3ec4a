void demo_setup(void)
{
	demo_reserve();
	demo_rest();
}
