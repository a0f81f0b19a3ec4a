/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86   path: mm/demo.c */
int demo_open(struct demo *d)
{
	struct demo_msg *msg = NULL;
	int ret;

	ret = demo_make(d, &msg);
	if (ret)
		return ret;
	ret = demo_post(d);
	if (ret)
		goto out;
	demo_wait(d);
out:
	kfree(msg);
	return ret;
}
