/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_take(unsigned long size)
{
	unsigned long slots = size >> DEMO_SHIFT;
	unsigned long bytes = slots << DEMO_SHIFT;
	unsigned int order;
	void *start;

again:
	bytes = slots << DEMO_SHIFT;
	order = get_order(bytes);
	start = demo_take_order(order);
	if (!start) {
		slots = slots / 2;
		goto again;
	}
	if (set_memory_decrypted((unsigned long)start, bytes >> PAGE_SHIFT))
		return -EIO;
	demo_slots(start, slots);
	return 0;
}
