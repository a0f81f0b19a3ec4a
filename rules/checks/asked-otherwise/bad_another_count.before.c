/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_size(void)
{
	unsigned long pages = demo_estimated_pages();
	int order = 7;

	while (order > 2 && (pages >> 10) < (1UL << order))
		order--;
	demo_take(order);
}
