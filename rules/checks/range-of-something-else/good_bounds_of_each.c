/* config: MMU=y   arch: x86 arm64   path: mm/demo.c */
static void demo_flush(struct demo_area *area)
{
	unsigned long first = ULONG_MAX, last = 0;
	int i;

	for (i = 0; i < area->count; i++) {
		unsigned long one = (unsigned long)page_address(area->pages[i]);

		first = min(one, first);
		last = max(one + PAGE_SIZE, last);
	}
	set_memory_ro((unsigned long)area->base, area->count);
	flush_tlb_kernel_range(first, last);
}
