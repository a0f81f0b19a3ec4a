/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
int demo_protect(void **pages, int nr)
{
	int i, ret;

	for (i = 0; i < nr; i++) {
		ret = set_memory_ro((unsigned long)pages[i], 1);
		if (ret)
			return ret;
	}
	return 0;
}
