/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_run(struct demo *d)
{
	int ret = demo_start(d);

	if (d->locked == false)
		return -EAGAIN;
	if (d->other != NULL)
		return -EBUSY;
	demo_note(d);
	demo_stop(d);
	return ret;
}
