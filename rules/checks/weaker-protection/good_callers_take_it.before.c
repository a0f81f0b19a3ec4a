/* config: MMU=y   arch: x86   path: mm/demo.c */
static int demo_change(struct demo *d)
{
	int ret;

	mutex_lock(&d->mutex);
	ret = demo_walk(d);
	demo_count(d, ret);
	mutex_unlock(&d->mutex);
	return ret;
}

static int demo_change_other(struct demo *other)
{
	return demo_change(other);
}

int demo_set(struct demo *own)
{
	int ret;

	demo_begin(own);
	ret = demo_change(own);
	if (!ret)
		ret = demo_change_other(own);
	return ret;
}
