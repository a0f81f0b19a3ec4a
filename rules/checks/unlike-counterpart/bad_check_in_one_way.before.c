/* config: DEMO=y   arch: x86   path: arch/x86/mm/demo.c */
static int demo_map_range(unsigned long start, unsigned long end)
{
	return demo_change(start, end, _PAGE_PRESENT);
}

static int demo_unmap_range(unsigned long start, unsigned long end)
{
	return demo_change(start, end, _PAGE_PRESENT);
}

int demo_use(unsigned long start, unsigned long end)
{
	demo_unmap_range(start, end);
	return demo_map_range(start, end);
}
