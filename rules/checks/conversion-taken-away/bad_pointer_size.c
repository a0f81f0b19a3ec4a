/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
int demo_clear(struct demo *d)
{
	memset(d, 0, sizeof(d));	/* BAD: size of the pointer */
	return demo_fill(d);
}
