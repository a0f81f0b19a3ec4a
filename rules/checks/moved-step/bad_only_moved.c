/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_write_back(struct demo *d)
{
	int ret;

	demo_forget_type(d->start, d->end);	/* BAD: it did so only where */

	ret = demo_set_back(d);
	if (ret)
		return ret;

	return 0;
}

void demo_finish(struct demo *d)
{
	demo_count(d);
	demo_take_all_back();

	demo_stop_others();	/* BAD: behind */
}
