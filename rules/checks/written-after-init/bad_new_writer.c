/* config: MMU=y   arch: x86   path: mm/demo.c */
static int demo_version __ro_after_init;

int demo_read(void)
{
	demo_version = demo_ask();	/* BAD */
	return demo_version;
}
