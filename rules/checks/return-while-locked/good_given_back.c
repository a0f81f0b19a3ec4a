/* config: MMU=y   arch: x86   path: mm/demo.c */
static DEFINE_MUTEX(demo_mutex);

int demo_offer(struct demo *d)
{
	int ret = 0;

	mutex_lock(&demo_mutex);
	if (d->changed) {
		ret = -EBUSY;
		goto out;
	}
	d->offered = true;
out:
	mutex_unlock(&demo_mutex);
	return ret;
}
