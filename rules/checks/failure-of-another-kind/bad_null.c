/* config: MMU=y   arch: x86   path: mm/demo.c */
static void *demo_block(unsigned long size)
{
	if (WARN_ON(!size))
		return NULL;	/* BAD: IS_ERR() of it */
	return demo_find(size);
}

void *demo_map(unsigned long size)
{
	void *mem = demo_block(size);

	if (IS_ERR(mem))
		return NULL;
	return mem;
}
