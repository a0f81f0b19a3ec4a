/* config: MMU=y   arch: x86 arm64   path: mm/demo.c */
void demo_release(struct demo *demo)
{
	if (!demo->page)
		return;
	__free_page(demo->page);	/* BAD: the other pages */
	demo->page = NULL;
}
