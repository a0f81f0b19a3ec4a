/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_down(struct demo *d)
{
	int ret = 0;

	demo_quiet(d);
	ret = set_memory_encrypted(d->addr, d->pages);	/* BAD: only where */
	return ret;
}
