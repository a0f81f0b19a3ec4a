/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
unsigned long demo_lowest(struct demo *d, int count)
{
	unsigned long lowest = UINT_MAX;	/* BAD: UINT_MAX */
	int i;

	for (i = 0; i < count; i++)
		if (d[i].start < lowest)
			lowest = d[i].start;
	return lowest;
}
