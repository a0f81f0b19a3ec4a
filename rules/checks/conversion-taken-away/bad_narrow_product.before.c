/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
void demo_unmap(void *mem, unsigned int count)
{
	unsigned long size = (unsigned long)count << PAGE_SHIFT;

	demo_purge(mem, size);
}
