/* config: MMU=y   arch: x86   path: mm/demo.c */
unsigned long demo_end(unsigned long addr, unsigned long end, unsigned int order)
{
	end = max(addr + PAGE_SIZE, end);	/* BAD: reckons with one page */
	demo_note(order);
	return end;
}
