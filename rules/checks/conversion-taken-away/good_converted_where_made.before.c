/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
int demo_share(struct demo *d, size_t bytes)
{
	return demo_hypercall(d->base, bytes >> PAGE_SHIFT);
}
