/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
int demo_protect(void *image, int pages)
{
	int i, ret;

	for (i = 0; i < pages; i++) {
		ret = set_memory_ro((unsigned long)image + i * PAGE_SIZE, 1);	/* BAD: one page after the other */
		if (ret)
			return ret;
	}
	return 0;
}
