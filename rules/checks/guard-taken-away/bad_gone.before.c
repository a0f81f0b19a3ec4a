/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_annotate(struct demo *d, void *ptr)
{
	if (!d->is_rox)
		demo_not_leak(ptr);
	memset(ptr, 0, d->size);
}
