/* config: DEMO=y   arch: x86   path: mm/demo.c */
static void demo_give(struct page *page, unsigned int order)
{
	kernel_poison_pages(page, 1 << order);
	clear_highpage(page);	/* BAD: overwrites the pattern */
	demo_list(page);
}
