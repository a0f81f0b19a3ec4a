/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86   path: mm/demo.c */
int demo_add(struct demo *d)
{
	struct demo_msg *msg;
	int ret;

	ret = demo_make(d, &msg);
	if (ret)
		return ret;
	if (!msg)
		return -ENODEV;
	ret = demo_post(d);
	if (ret)
		goto out;
	d->last = msg;
	if (d->full)
		return -ENOSPC;
	return 0;
out:
	kfree(msg);
	return ret;
}
