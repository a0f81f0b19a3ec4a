/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */

int demo_guard(struct page *page)
{
	/*
	 * Best effort: stale entries are harmless here, so do not
	 * flush the TLB.
	 */
	return set_direct_map_invalid_noflush(page);
}
