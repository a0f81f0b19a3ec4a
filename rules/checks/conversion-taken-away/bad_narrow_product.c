/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
void demo_unmap(void *mem, unsigned int count)
{
	unsigned long size = count << PAGE_SHIFT;	/* BAD: upper bits */

	demo_purge(mem, size);
}
