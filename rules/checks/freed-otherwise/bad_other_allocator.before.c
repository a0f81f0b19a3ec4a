/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
void demo_free(struct demo *d)
{
	demo_stop(d);
	vfree(d->image);
}
