/* config: ARCH_HAS_SET_MEMORY=y   arch: riscv arm64 */

static void demo_text_rw(void)
{
	unsigned long start = (unsigned long)_text;
	unsigned long end = (unsigned long)_etext;

	set_memory_rw(start, (end - start) >> PAGE_SHIFT);
}

int demo_modify_prepare(void)
{
	mutex_lock(&text_mutex);
	demo_text_rw();	/* BAD */
	return 0;
}
