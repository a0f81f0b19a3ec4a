/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86   path: arch/x86/mm/demo.c */
static int demo_convert(struct demo *demo, unsigned long addr, int pages)
{
	int err;

	if (!down_read_trylock(&demo->converting)) {
		pr_err("no conversion now\n");
		return -EBUSY;
	}
	err = set_memory_decrypted(addr, pages);
	up_read(&demo->converting);
	if (err)
		return err;
	return 0;
}
