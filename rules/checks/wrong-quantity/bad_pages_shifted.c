/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
unsigned long demo_pool_size(void)
{
	unsigned long pages = totalram_pages() >> PAGE_SHIFT;	/* BAD: pages already */

	return pages ? pages : 1;
}
