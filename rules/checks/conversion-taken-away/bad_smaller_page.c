/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
int demo_share(void *buffer, u32 size)
{
	return demo_set_shared(buffer, HVPFN_UP(size));	/* BAD: where the kernel's page is larger */
}
