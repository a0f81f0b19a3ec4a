/* config: MMU=y   arch: x86   path: mm/demo.c */
static int demo_setup(int nr)
{
	if (nr > 4)
		return -EINVAL;
	return 0;
}

void demo_init(void)
{
	BUG_ON(demo_setup(3));
}
