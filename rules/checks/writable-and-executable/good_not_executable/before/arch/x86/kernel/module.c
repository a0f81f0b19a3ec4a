void *module_alloc(unsigned long size)
{
	return __vmalloc_node_range(size, 1, demo_start, demo_end, GFP_KERNEL, PAGE_KERNEL, 0, -1, NULL);
}
