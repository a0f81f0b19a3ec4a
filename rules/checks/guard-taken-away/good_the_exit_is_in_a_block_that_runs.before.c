/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_announce(struct demo *d, int result)
{
	mutex_lock(&demo_lock);
	if (!demo_is_known(d)) {
		mutex_unlock(&demo_lock);
		return;
	}
	d->result = result;
	mutex_unlock(&demo_lock);

	demo_queue(d);
}
