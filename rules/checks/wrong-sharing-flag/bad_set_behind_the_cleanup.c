/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 arm64 */
int demo_share(struct demo *demo, void *buf)
{
	int ret = set_memory_decrypted((unsigned long)buf, demo->pages);

	if (ret)
		return ret;
	ret = demo_post(demo);
	if (ret)
		goto cleanup;
	demo->ring = buf;
	demo->decrypted = true;	/* BAD */

cleanup:
	demo_log(demo, ret);
	if (ret && set_memory_encrypted((unsigned long)buf, demo->pages))
		demo_warn(demo);
	return ret;
}
