/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86   path: mm/demo.c */
int demo_open(struct demo *d)
{
	struct demo_msg *msg;
	int ret;

	ret = demo_make(d, &msg);
	if (ret)
		return ret;
	if (!msg)
		return -ENODEV;
	ret = set_memory_decrypted((unsigned long)d->buffer, d->pages);
	if (ret)
		goto out;
	ret = demo_post(d);
out:
	kfree(msg);
	return ret;
}
