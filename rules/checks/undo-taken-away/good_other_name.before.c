/* config: MMU=y   arch: x86   path: mm/demo.c */
static struct demo *demo_shared;

void demo_stop(struct page *page)
{
	demo_encrypt(demo_shared, 1);
	__free_page(page);
}
