/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
int demo_take(struct demo *d, bool shared)
{
	int ret;

	if (shared && set_memory_decrypted((unsigned long)d->page, 1)) {
		ret = -EIO;
		goto failed;
	}
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
	if (!set_memory_decrypted((unsigned long)addr, 1))
		return addr;

	demo_free(d, addr);
	return NULL;
}
