/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_unlock_page(struct demo *d);
void demo_free(struct demo *d);

void demo_close(struct demo *d)
{
	demo_free(d);
}
