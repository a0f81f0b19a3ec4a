/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_annotate(struct demo *d, void *ptr)
{
	bool rox = demo_is_rox(d);

	if (rox)
		demo_not_leak(ptr);
	demo_count(d);
}
