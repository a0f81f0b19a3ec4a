/* config: MMU=y   arch: x86   path: mm/demo.c */
static int demo_grow(int nr)
{
	int ret = -ENOMEM;

	if (nr)
		ret = 0;
	return ret;
}

void demo_init(void)
{
	BUG_ON(!demo_grow(3));	/* BAD */
}
