/* config: ARCH_HAS_SET_MEMORY=y   arch: riscv arm64 */

static void demo_open_code(int pages)
{
	set_memory_rw((unsigned long)_stext, pages);
}

void demo_patch(struct demo *demo)
{
	demo_open_code(demo->pages);	/* BAD */
	demo_write(demo);
}
