#include <asm/set_memory.h>

int demo_hide(unsigned long addr)
{
	return set_memory_np(addr, 1);	/* BAD */
}
