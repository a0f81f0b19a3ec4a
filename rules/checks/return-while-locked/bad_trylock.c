/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86   path: arch/x86/mm/demo.c */
static int demo_convert(struct demo *demo, unsigned long addr, int pages)
{
	int err;

	if (!down_read_trylock(&demo->converting))
		return -EBUSY;
	err = set_memory_decrypted(addr, pages);
	if (err) {
		pr_err("conversion of %d pages failed: %d\n", pages, err);
		return err;	/* BAD: behind down_read_trylock(&demo->converting) */
	}
	up_read(&demo->converting);
	return 0;
}
