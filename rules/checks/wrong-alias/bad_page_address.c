/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */

int demo_seal(struct page *page)
{
	return set_memory_ro((unsigned long)page_address(page), 1);	/* BAD */
}
