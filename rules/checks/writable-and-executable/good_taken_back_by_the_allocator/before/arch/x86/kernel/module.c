void *module_alloc(unsigned long size)
{
	void *p = __vmalloc_node_range(size, 1, demo_start, demo_end, GFP_KERNEL, PAGE_KERNEL_EXEC, 0, -1, NULL);

	if (p)
		set_memory_nx((unsigned long)p, size >> PAGE_SHIFT);
	return p;
}
