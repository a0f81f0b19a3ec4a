/* config: MMU=y   arch: arm64   path: mm/demo.c */
void demo_map_all(void)
{
	phys_addr_t start, end;
	u64 i;

	for_each_mem_range(i, &start, &end) {
		start = PAGE_ALIGN(start);
		end = end & PAGE_MASK;
		if (start >= end)
			continue;
		demo_map(start, end, PAGE_KERNEL);
	}
}
