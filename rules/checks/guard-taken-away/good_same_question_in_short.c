/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_run(struct demo *d)
{
	if (d->ready)
		demo_go(d);
	if (!demo_is_secure(d))
		return;
	if (d->mode && demo_may(d))
		set_memory_ro(d->start, d->pages);
	demo_end(d);
}
