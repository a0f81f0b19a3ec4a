/* config: MMU=y   arch: riscv */
#include <linux/set_memory.h>

void free_initmem(void)
{
	unsigned long begin = (unsigned long)__init_begin;
	unsigned long end = (unsigned long)__init_end;

	set_memory_nx(begin, (end - begin) >> PAGE_SHIFT);
	demo_free_initmem_default(0);
}
