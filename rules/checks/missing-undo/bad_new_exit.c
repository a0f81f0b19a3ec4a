/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_read(struct demo *demo, unsigned long size)
{
	void *buf = kzalloc(size, GFP_KERNEL);

	if (!buf)
		return -ENOMEM;
	if (demo->dead)
		return -ENODEV;	/* BAD */
	demo_fill(demo, buf);
	kfree(buf);
	return 0;
}
