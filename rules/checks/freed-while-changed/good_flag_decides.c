/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
int demo_share(struct demo *demo, unsigned int order)
{
	int ret = set_memory_decrypted(demo->buf, 1 << order);

	if (ret)
		return ret;
	demo->decrypted = true;
	ret = demo_register(demo, demo->buf);
	if (ret && !demo->decrypted)
		free_pages(demo->buf, order);
	return ret;
}
