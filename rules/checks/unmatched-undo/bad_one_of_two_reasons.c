/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */

int demo_open(struct demo *demo, unsigned long addr, int pages, int kind)
{
	int err = 0;

	if ((!demo->private_rings && kind == DEMO_RING) ||
	    (!demo->private_buffers && kind == DEMO_BUFFER)) {
		err = set_memory_decrypted(addr, pages);
		if (err)
			return err;
	}
	if (demo->gone) {
		err = -ENODEV;
		goto undo;
	}
	err = demo_announce(demo);
undo:
	demo_log(demo);
	if (err) {
		if (set_memory_encrypted(addr, pages))	/* BAD */
			demo_leak(demo);
	}
	return err;
}
