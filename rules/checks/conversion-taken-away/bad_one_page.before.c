/* config: MMU=y   arch: x86   path: mm/demo.c */
unsigned long demo_end(unsigned long addr, unsigned long end, unsigned int order)
{
	unsigned long page_size = PAGE_SIZE << order;

	end = max(addr + page_size, end);
	demo_note(order);
	return end;
}
