/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
int demo_take(struct demo *d, bool shared)
{
	int ret = 0;

	d->page = (void *)get_zeroed_page(GFP_KERNEL);
	if (!d->page)
		return -ENOMEM;
	if (shared && set_memory_decrypted((unsigned long)d->page, 1))	/* BAD */
		goto failed;
	demo_use(d->page);
	return 0;

failed:
	d->page = NULL;
	return ret;
}
