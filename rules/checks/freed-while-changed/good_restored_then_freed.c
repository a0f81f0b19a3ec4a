/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
int demo_share(struct demo *demo, unsigned int order)
{
	unsigned long buf = __get_free_pages(GFP_KERNEL, order);
	int ret;

	if (!buf)
		return -ENOMEM;
	ret = set_memory_decrypted(buf, 1 << order);
	if (ret)
		return ret;
	if (!demo_register(demo, buf)) {
		if (!set_memory_encrypted(buf, 1 << order))
			free_pages(buf, order);
		return -EIO;
	}
	return 0;
}
