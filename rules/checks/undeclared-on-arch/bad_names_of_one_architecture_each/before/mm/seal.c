#include <linux/set_memory.h>

int seal(unsigned long addr)
{
	return set_memory_ro(addr, 1);
}
