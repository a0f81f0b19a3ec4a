/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_stop(struct demo *d)
{
	demo_quiesce(d);
	set_memory_ro(d->text, d->pages);
	demo_text_done(d->text);
	demo_put(d);
}
