/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
int demo_share(void *buffer, int pages)
{
	if (
	    set_memory_rw((unsigned long)buffer, pages)
	    )
		return -EIO;
	return 0;
}
