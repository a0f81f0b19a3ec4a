/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
void demo_free_all(struct demo *d)
{
	int i;

	for (i = 0; i <= d->count; i++)	/* BAD: itself */
		demo_put(d->pages[i]);
}
