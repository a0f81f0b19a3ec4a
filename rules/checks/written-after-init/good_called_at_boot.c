/* config: MMU=y   arch: x86   path: mm/demo.c */
static void *demo_box __ro_after_init;

static void demo_wake(unsigned long at)
{
	demo_box = demo_map(at);
}

void __init demo_first(void)
{
	demo_wake(demo_start());
}

static void __init demo_second(void)
{
	demo_wake(demo_end());
}
