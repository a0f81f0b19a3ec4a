/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
int demo_take(struct demo *d, bool shared)
{
	int ret = 0;

	if (shared)
		ret = set_memory_decrypted((unsigned long)d->page, 1);
	if (ret)
		goto failed;
	demo_use(d->page);
	return 0;

failed:
	d->page = NULL;
	return ret;
}

void *demo_page(struct demo *d)
{
	void *addr = demo_alloc(d);

	if (!addr)
		return NULL;
	if (set_memory_decrypted((unsigned long)addr, 1)) {
		demo_free(d, addr);
		return NULL;
	}
	return addr;
}
