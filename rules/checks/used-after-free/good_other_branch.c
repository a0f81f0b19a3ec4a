/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_stop(struct demo *d, bool last)
{
	if (last) {
		kfree(d);
		return 0;
	}
	return d->state;
}
