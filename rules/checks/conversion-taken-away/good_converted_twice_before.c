/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
int demo_pool(void)
{
	unsigned long pages = totalram_pages();

	return demo_expand(pages);
}
