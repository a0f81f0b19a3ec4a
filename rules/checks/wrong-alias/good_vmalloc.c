/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */

int demo_seal(struct demo *demo, unsigned long size)
{
	demo->mem = vmalloc(size);
	if (!demo->mem)
		return -ENOMEM;
	return set_memory_ro((unsigned long)demo->mem, size >> PAGE_SHIFT);
}
