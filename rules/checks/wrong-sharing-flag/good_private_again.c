/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 arm64 */
int demo_share(struct demo *demo, void *buf)
{
	int ret = set_memory_decrypted((unsigned long)buf, demo->pages);

	if (ret)
		return ret;
	ret = demo_post(demo);
	if (ret) {
		if (set_memory_encrypted((unsigned long)buf, demo->pages))
			demo->decrypted = true;
		return ret;
	}
	demo->decrypted = true;
	return 0;
}
