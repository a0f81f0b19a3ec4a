/* config: MMU=y   arch: x86   path: mm/demo.c */
static struct demo *demo_shared;

void demo_stop(struct page *page)
{
	demo_free_shared(demo_shared, 0);
}
