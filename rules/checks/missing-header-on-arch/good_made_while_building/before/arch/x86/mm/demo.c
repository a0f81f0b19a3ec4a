#include <asm/set_memory.h>

int demo_protect(unsigned long addr)
{
	return set_memory_ro(addr, 1);
}
