#include <linux/set_memory.h>

int seal(unsigned long addr)
{
	return set_memory_sealed(addr, 1);
}
