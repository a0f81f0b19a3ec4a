/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_remove(struct demo *d)
{
	demo_quiet(d);
	if (set_memory_encrypted(d->addr, d->pages))
		return;
	demo_give(d->addr);
}
