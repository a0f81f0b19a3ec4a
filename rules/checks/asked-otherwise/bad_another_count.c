/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_size(void)
{
	int order = 7;

	while (order > 2 && (demo_free_pages() >> 10) < (1UL << order))	/* BAD */
		order--;
	demo_take(order);
}
