/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */

int demo_open(struct demo *demo, unsigned long addr, int pages, int kind)
{
	int err = 0;

	if (demo->shared || kind == DEMO_RING) {
		err = set_memory_decrypted(addr, pages);
		if (err)
			return err;
	}
	err = demo_announce(demo);
	if (err && (kind == DEMO_RING || demo->shared)) {
		if (set_memory_encrypted(addr, pages))
			demo_leak(demo);
	}
	return err;
}

int demo_close(struct demo *demo, unsigned long addr, int pages)
{
	int err = 0;

	if (demo->idle || demo->gone) {
		err = set_memory_decrypted(addr, pages);
		if (err)
			return err;
		demo->must_undo = true;
	}
	err = demo_announce(demo);
	if (err && demo->must_undo)
		err = set_memory_encrypted(addr, pages);
	return err;
}
