/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */

static int __demo_open(struct demo *demo, unsigned long addr, int pages, int kind)
{
	int err = demo_header(demo, kind);

	if (err)
		return err;
	if (demo->shared) {
		err = set_memory_decrypted(addr, pages);
		if (err)
			return err;
	}
	err = demo_announce(demo);
	if (err) {
		if (set_memory_encrypted(addr, pages))	/* BAD */
			demo_leak(demo);
	}
	return err;
}

int demo_open(struct demo *demo, unsigned long addr, int pages)
{
	return __demo_open(demo, addr, pages, DEMO_RING);
}
