/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_run(struct demo *d)
{
	if (d->ready == true)
		demo_go(d);
	if (demo_is_secure(d) == false)
		return;
	if (d->mode != 0 && demo_may(d) != false)
		set_memory_ro(d->start, d->pages);
	demo_end(d);
}
