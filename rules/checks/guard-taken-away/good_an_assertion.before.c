/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_add(struct demo *d)
{
	if (WARN_ON_ONCE(d->special))
		return -EINVAL;
	demo_map(d);
	return 0;
}
