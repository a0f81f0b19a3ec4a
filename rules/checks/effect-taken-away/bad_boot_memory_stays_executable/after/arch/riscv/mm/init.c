/* config: MMU=y   arch: riscv */
#include <linux/set_memory.h>

void free_initmem(void)
{
	demo_free_initmem_default(0);	/* BAD: which gives memory back | on other architectures (x86) 'free_initmem' still takes away execution */
}
