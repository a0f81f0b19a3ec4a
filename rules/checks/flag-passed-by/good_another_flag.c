/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_setup(struct demo *d)
{
	int ret = demo_post(d);

	if (ret)
		goto cleanup;
	d->ready = true;
cleanup:
	kfree(d->msg);
	return ret;
}
