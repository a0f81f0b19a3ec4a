/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */

int demo_open(struct demo *demo, unsigned long addr, int pages)
{
	bool shared = demo->shared;
	int err;

	if (shared) {
		err = set_memory_decrypted(addr, pages);
		if (err)
			return err;
	}
	err = demo_announce(demo);
	if (err)
		goto undo;
	return 0;
undo:
	if (demo->shared && set_memory_encrypted(addr, pages))
		demo_leak(demo);
	return err;
}
