void *demo_alloc(unsigned long size)
{
	return __vmalloc_node_range(size, 1, DEMO_START, DEMO_END, GFP_KERNEL | __GFP_ZERO,
				    PAGE_KERNEL_EXEC, 0,
				    NUMA_NO_NODE, __builtin_return_address(0));
}
