/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_take(unsigned long size)
{
	unsigned long slots = size >> DEMO_SHIFT;
	unsigned long bytes = slots << DEMO_SHIFT;
	unsigned int order = get_order(bytes);
	void *start;

	start = demo_largest(&order);
	if (!start)
		return -ENOMEM;
	if (order != get_order(bytes))
		slots = DEMO_PER_PAGE << order;
	if (set_memory_decrypted((unsigned long)start, bytes >> PAGE_SHIFT))	/* BAD: still gets 'bytes >> PAGE_SHIFT' */
		return -EIO;
	demo_slots(start, slots);
	return 0;
}
