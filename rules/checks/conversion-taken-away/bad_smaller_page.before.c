/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
int demo_share(void *buffer, u32 size)
{
	return demo_set_shared(buffer, PFN_UP(size));
}
