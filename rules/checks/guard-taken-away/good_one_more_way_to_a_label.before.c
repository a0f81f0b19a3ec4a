/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_probe(struct demo *d)
{
	int ret = -EIO;

	if (!demo_has_buffer(d))
		return -ENODEV;
	if (!demo_is_shared(d))
		goto fail;
	ret = demo_register(d);
	if (ret)
		goto fail;
	return 0;

fail:
	demo_cleanup(d);
	return ret;
}
