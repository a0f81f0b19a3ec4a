/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_run(struct demo *d)
{
	int ret = demo_start(d);

	if (!d->locked)
		return -EAGAIN;
	if (d->other)
		return -EBUSY;
	demo_note(d);
	demo_stop(d);
	return ret;
}
