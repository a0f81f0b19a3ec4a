/* config: ARCH_HAS_SET_MEMORY=y   arch: riscv arm64 */

static void demo_text_rw(int pages)
{
	unsigned long start = (unsigned long)_text;

	set_memory_nx(start, pages);
	set_memory_rw(start, pages);
}

int demo_modify_prepare(struct demo *demo)
{
	demo_text_rw(demo->pages);
	return 0;
}
