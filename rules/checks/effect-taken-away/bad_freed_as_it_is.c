/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
void demo_free_init(unsigned long start, unsigned long end)
{
	free_reserved_area((void *)start, (void *)end, -1, "demo");	/* BAD: which gives memory back */
}
