/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_walk(struct demo *d)
{
	BUILD_BUG_ON(demo_is_leaf(*d->top) != 0);
	WARN_ON_ONCE(demo_map(d) != 0);
	demo_next(d);
}
