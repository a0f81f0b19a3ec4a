/* config: MMU=y   arch: x86   path: arch/x86/kernel/demo.c */
void demo_start(struct demo *d)
{
	demo_apply(d, demo_first, demo_last);
	demo_unmap_boot(d, demo_text);
	demo_seal(d);
}
