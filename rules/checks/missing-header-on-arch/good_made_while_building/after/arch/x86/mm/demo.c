#include <asm/set_memory.h>
#include <asm/demo_parts.h>

int demo_protect(unsigned long addr)
{
	return set_memory_ro(addr, 1);
}
