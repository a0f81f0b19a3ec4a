/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
int demo_protect(void *text, size_t size)
{
	int pages = PAGE_ALIGN(size) >> PAGE_SHIFT;
	int ret;

	ret = set_memory_ro((unsigned long)text, pages);
	if (ret)
		return ret;
	return set_memory_x((unsigned long)text, size >> PAGE_SHIFT);
}
