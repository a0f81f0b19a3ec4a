/* config: MMU=y   arch: x86   path: mm/demo.c */
static int demo_power(struct demo *demo)
{
	if (!demo->base)
		return -ENODEV;	/* BAD */
	demo_on(demo);
	return 0;
}

void demo_up(struct demo *demo)
{
	demo_power(demo);
}
