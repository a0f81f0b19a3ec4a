/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_patch(struct demo *d)
{
	int ret = 0;

	if (atomic_inc_return(&d->count) == num_online_cpus())
		ret = demo_write(d);
	return ret;
}
