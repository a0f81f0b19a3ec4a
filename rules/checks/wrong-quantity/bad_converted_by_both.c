/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
static void demo_remove(void *start, unsigned long size)
{
	unsigned long addr = (unsigned long)demo_mem_to_shadow(start);

	demo_unmap(addr, addr + size);
}

int demo_add(void *start, unsigned long size)
{
	void *shadow = demo_mem_to_shadow(start);
	int ret;

	ret = demo_populate(shadow, size);
	if (ret)
		demo_remove(shadow, size);	/* BAD: demo_mem_to_shadow() */
	return ret;
}
