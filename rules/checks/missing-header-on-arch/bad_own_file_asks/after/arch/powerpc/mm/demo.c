#include <asm/set_memory.h> /* BAD question */
int demo_protect(unsigned long addr)
{
	return set_memory_ro(addr, 1);
}
