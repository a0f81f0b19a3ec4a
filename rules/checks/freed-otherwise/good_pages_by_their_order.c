/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_free(struct demo *d)
{
	demo_stop(d);
	free_pages((unsigned long)d->page, 0);
}
