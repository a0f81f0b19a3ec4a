unsigned long debug_mapped;
EXPORT_SYMBOL(debug_mapped);

void debug_unmap(struct page *page)
{
#ifdef CONFIG_DEBUG_PAGEALLOC
	debug_mapped = debug_count(page);
#endif
	__kernel_map_pages(page, 1, 0);
	trace_map(page, debug_mapped);
}
