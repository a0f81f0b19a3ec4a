/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
int demo_protect(void *text, size_t size)
{
	if (!text)
		return -EINVAL;
	return set_memory_ro((unsigned long)text, size);	/* BAD: bytes | pages */
}
