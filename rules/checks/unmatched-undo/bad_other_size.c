/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */

int demo_open(struct demo *demo, unsigned long addr, int pages)
{
	int err = set_memory_decrypted(addr, pages);

	if (err)
		return err;
	err = demo_announce(demo);
	if (err && set_memory_encrypted(addr, pages + 1))	/* BAD */
		demo_leak(demo);
	return err;
}
