/* config: HIBERNATION=y   arch: x86   path: mm/demo.c */
void demo_reserve(void)
{
	demo_dump(true);
	demo_test(0);	/* BAD: image */
}
