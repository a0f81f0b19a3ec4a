/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: drivers/demo/demo.c */
int demo_setup(struct demo *d)
{
	void *ring = vzalloc(DEMO_SIZE);
	int ret;

	if (!ring)
		return -ENOMEM;
	ret = set_memory_decrypted((unsigned long)ring, DEMO_PAGES);
	if (ret)
		goto fail;
	d->ring = ring;
	return 0;
fail:
	vfree(ring);
	return ret;
}
