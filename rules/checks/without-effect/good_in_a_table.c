/* config: MMU=y   arch: x86   path: mm/demo.c */
static int demo_power(struct demo *demo)
{
	if (!demo->base)
		return -ENODEV;
	return 0;
}

void demo_up(struct demo *demo)
{
	demo_power(demo);
}

const struct demo_ops demo_ops = {
	.power = demo_power,
};
