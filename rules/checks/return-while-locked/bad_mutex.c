/* config: MMU=y   arch: x86   path: mm/demo.c */
static DEFINE_MUTEX(demo_mutex);

void demo_offer(struct demo *d)
{
	mutex_lock(&demo_mutex);
	if (d->changed) {
		pr_err("the offer changed\n");
		return;	/* BAD */
	}
	d->offered = true;
	mutex_unlock(&demo_mutex);
}
