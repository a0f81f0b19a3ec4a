/* config: MMU=y   arch: x86   path: mm/demo.c */
void *demo_alloc(unsigned long size)
{
	return __vmalloc_node_range(size, 1, START, END, GFP_KERNEL, PAGE_KERNEL,
				    VM_FLUSH_RESET_PERMS | VM_DEFER_KMEMLEAK, NUMA_NO_NODE, NULL);
}
