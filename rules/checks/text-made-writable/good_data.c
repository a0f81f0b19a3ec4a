/* config: ARCH_HAS_SET_MEMORY=y   arch: riscv arm64 */

static void demo_data_rw(int pages)
{
	set_memory_rw((unsigned long)__start_rodata, pages);
}

void demo_open(struct demo *demo)
{
	demo_data_rw(demo->pages);
}
