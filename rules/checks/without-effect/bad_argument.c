/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_power(struct demo *demo, bool on)	/* BAD */
{
	demo_write(demo, on);
}

void demo_up(struct demo *demo)
{
	demo_power(demo, true);
}

void demo_resume(struct demo *demo)
{
	demo_power(demo, true);
}
