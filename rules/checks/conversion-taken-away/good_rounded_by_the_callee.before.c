/* config: MMU=y   arch: arm64   path: mm/demo.c */
static void demo_map(phys_addr_t start, phys_addr_t end)
{
	phys_addr_t at;

	for (at = round_up(start, PAGE_SIZE); at < end; at += PAGE_SIZE)
		demo_enter(at);
}

void demo_map_all(phys_addr_t start, phys_addr_t end)
{
	start = PAGE_ALIGN(start);
	demo_map(start, end);
	demo_done();
}
