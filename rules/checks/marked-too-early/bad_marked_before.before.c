/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
int demo_share(struct demo *d)
{
	int ret;

	ret = set_memory_decrypted(d->addr, 1);
	if (ret)
		return ret;
	d->shared = true;
	return 0;
}
