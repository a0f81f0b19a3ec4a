/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_read(struct demo *demo, unsigned long size)
{
	int ret = 0;
	void *buf = kzalloc(size, GFP_KERNEL);

	if (!buf)
		return -ENOMEM;
	if (demo->dead) {
		ret = -ENODEV;
		goto out;
	}
	demo_fill(demo, buf);
out:
	kfree(buf);
	return ret;
}
