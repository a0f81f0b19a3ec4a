/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
void demo_free_init(unsigned long start, unsigned long end)
{
	set_memory_nx(start, (end - start) >> PAGE_SHIFT);
	free_reserved_area((void *)start, (void *)end, -1, "demo");
}
