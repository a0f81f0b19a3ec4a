unsigned long debug_mapped;
EXPORT_SYMBOL(debug_mapped);
unsigned long debug_unmapped;

void debug_unmap(struct page *page)
{
#ifdef CONFIG_DEBUG_PAGEALLOC
	debug_mapped = debug_count(page);
	debug_unmapped = debug_others(page);
#endif
	__kernel_map_pages(page, 1, 0);
	trace_map(page, debug_mapped);
	trace_unmap(page, debug_unmapped);
}
