/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_setup(struct demo *d)
{
	int ret = demo_share(d);

	if (ret || demo_post(d))
		goto out;
	d->ring.is_shared = true;	/* BAD */
out:
	return ret;
}
