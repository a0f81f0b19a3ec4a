/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_down(struct demo *d)
{
	int ret = 0;

	demo_quiet(d);
	if (d->shared)
		ret = set_memory_encrypted(d->addr, d->pages);
	return ret;
}
