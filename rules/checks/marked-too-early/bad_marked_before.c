/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
int demo_share(struct demo *d)
{
	int ret;

	d->shared = true;	/* BAD: in front of */
	ret = set_memory_decrypted(d->addr, 1);
	if (ret)
		return ret;
	return 0;
}
