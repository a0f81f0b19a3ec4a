#include <linux/set_memory.h>
#include <asm/set_memory.h> /* BAD */

int demo_protect(unsigned long addr)
{
	return set_memory_ro(addr, 1);
}
