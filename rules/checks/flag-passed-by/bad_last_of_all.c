/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_setup(struct demo *d)
{
	int ret = demo_share(d);

	if (ret)
		return ret;
	ret = demo_post(d);
	if (ret)
		goto cleanup;
	d->decrypted = true;	/* BAD: the paths which jump there */
cleanup:
	kfree(d->msg);
	return ret;
}
