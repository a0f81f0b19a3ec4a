/* config: MMU=y   arch: x86   path: mm/demo.c */
static int demo_is_ready(struct demo *d)
{
	return d && d->flag == DEMO_READY;
}

static int demo_object_init(struct demo *d, unsigned int pages)
{
	demo_refuse_none(d, -EINVAL);
	demo_fill(d, pages);
	return 0;
}

int demo_init(struct demo *d)
{
	demo_lists(d);
	d->first = NULL;
	if (demo_object_init(d, 1))
		return -EINVAL;
	demo_insert(d);
	d->flag = DEMO_READY;
	return 0;
}
