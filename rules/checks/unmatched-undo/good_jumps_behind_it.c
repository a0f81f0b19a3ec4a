/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */

int demo_open(struct demo *demo, int pages)
{
	unsigned long addr = demo_get(demo);
	int err;

	if (!addr)
		return -ENOMEM;
	err = set_memory_decrypted(addr, pages);
	if (err)
		goto fail;
	err = demo_announce(demo);
	if (err)
		goto fail;
	return 0;
fail:
	if (set_memory_encrypted(addr, pages))
		demo_leak(demo);
	return err;
}
