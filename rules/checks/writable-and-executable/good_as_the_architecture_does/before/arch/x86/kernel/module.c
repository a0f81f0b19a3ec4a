void *module_alloc(unsigned long size)
{
	if (PAGE_ALIGN(size) > DEMO_LEN)
		return NULL;
	return __vmalloc_node_range(size, 1, demo_start, demo_end, GFP_KERNEL, PAGE_KERNEL_EXEC, 0, -1, NULL);
}
