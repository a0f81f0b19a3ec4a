/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_power(struct demo *demo)	/* BAD */
{
	demo_write(demo, 1);
}

void demo_up(struct demo *demo)
{
	demo_start(demo);
}
