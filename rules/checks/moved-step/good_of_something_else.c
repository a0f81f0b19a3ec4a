/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_punch(struct demo *d, struct stats *s, unsigned long from, unsigned long to)
{
	demo_invalidate_start(d, from, to);
	demo_drop_pages(d->pages, from, to);
	demo_invalidate_end(d, from, to);
	demo_count(s);
}
