void demo_setup(void)
{
	demo_reserve();	/* BAD */
	demo_rest();
}
