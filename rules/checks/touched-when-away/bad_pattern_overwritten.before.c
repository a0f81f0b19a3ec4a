/* config: DEMO=y   arch: x86   path: mm/demo.c */
static void demo_give(struct page *page, unsigned int order)
{
	clear_highpage(page);
	kernel_poison_pages(page, 1 << order);
	demo_list(page);
}
