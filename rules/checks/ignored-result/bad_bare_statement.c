/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
void *demo_load(const void *code, int pages)
{
	void *text = vmalloc(pages * PAGE_SIZE);

	if (!text)
		return NULL;
	memcpy(text, code, pages * PAGE_SIZE);
	set_memory_ro((unsigned long)text, pages);	/* BAD */
	return text;
}
