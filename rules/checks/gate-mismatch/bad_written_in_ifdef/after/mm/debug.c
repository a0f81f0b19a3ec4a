unsigned long debug_unmapped;	/* BAD */

void debug_unmap(struct page *page)
{
#ifdef CONFIG_DEBUG_PAGEALLOC
	debug_unmapped++;
#endif
	__kernel_map_pages(page, 1, 0);
	trace_unmap(page, debug_unmapped);
}
