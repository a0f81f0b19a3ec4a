/* config: MMU=y   arch: x86   path: mm/demo.c */
static int demo_reclaim(struct demo *d, bool locked)
{
	if (!locked)
		mutex_lock(&d->mutex);
	d->state = 0;
	if (!locked)
		mutex_unlock(&d->mutex);
	return 0;
}

static int demo_prepare(struct demo *d)
{
	return demo_reclaim(d, true);
}

int demo_init_locked(struct demo *d)
{
	return demo_prepare(d);
}
