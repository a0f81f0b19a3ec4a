/* config: MMU=y   arch: x86   path: mm/demo.c */
static void *demo_box __ro_after_init;

void __init demo_wake(unsigned long at)
{
	demo_box = demo_map(at);
}
