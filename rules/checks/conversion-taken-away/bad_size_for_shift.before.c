/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
u64 demo_frame(u64 base, u64 offset)
{
	return (base + offset) >> DEMO_PAGE_SHIFT;
}
