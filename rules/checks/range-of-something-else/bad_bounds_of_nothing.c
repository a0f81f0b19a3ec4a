/* config: MMU=y   arch: x86 arm64   path: mm/demo.c */
static void demo_flush(struct demo_area *area)
{
	unsigned long base = (unsigned long)area->base;
	unsigned long first = ULONG_MAX, last = 0;
	int i;

	for (i = 0; i < area->count; i++) {
		if (page_address(area->pages[i])) {
			first = min(base, first);	/* BAD: begins and ends at 'base' */
			last = max(base, last);
		}
	}
	set_memory_ro((unsigned long)area->base, area->count);
	flush_tlb_kernel_range(first, last);
}
