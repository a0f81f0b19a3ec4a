/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_add(struct demo *d)
{
	int error;

	error = demo_store(d);
	if (error)
		return error;
	error = demo_track(d);
	if (error)
		goto err_store;
	if (!demo_fits(d)) {
		error = -EINVAL;
		goto err_track;
	}
	error = demo_map(d);
	if (error)
		goto err_track;
	return 0;

err_track:
	demo_untrack(d);
err_store:
	demo_erase(d);
	return error;
}
