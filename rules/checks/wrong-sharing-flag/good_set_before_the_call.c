/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 arm64 */
int demo_share(struct demo *demo, void *buf)
{
	int ret;

	demo->decrypted = true;
	ret = set_memory_decrypted((unsigned long)buf, demo->pages);
	if (ret)
		return ret;
	ret = demo_post(demo);
	if (ret)
		demo_log(demo, ret);
	return ret;
}
