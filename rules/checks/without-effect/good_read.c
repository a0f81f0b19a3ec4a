/* config: MMU=y   arch: x86   path: mm/demo.c */
static int demo_power(struct demo *demo, bool on)
{
	if (!demo->base)
		return -ENODEV;
	demo_write(demo, on);
	return 0;
}

int demo_up(struct demo *demo)
{
	return demo_power(demo, true);
}

void demo_down(struct demo *demo)
{
	demo_power(demo, false);
}
