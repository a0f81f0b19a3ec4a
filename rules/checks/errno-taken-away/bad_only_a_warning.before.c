/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_map_all(unsigned long top)
{
	unsigned long mapped;

	mapped = demo_map_from(0, top);

	if (WARN_ON(demo_highest != mapped))
		return -EINVAL;

	return 0;
}

int demo_check(struct demo *d)
{
	if (d->first > d->last) {
		pr_warn("demo: nothing in it\n");
		return -ERANGE;
	}
	demo_walk(d);
	return 0;
}
