/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_setup(int n)
{
	if (demo_force)
		demo_take_all(n);
}

void demo_init(void)
{
	demo_force = true;
	demo_setup(1);
	demo_rest();
}
