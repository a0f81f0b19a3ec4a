#include <linux/set_memory.h>

int seal(unsigned long addr)
{
	if (!demo_pte_valid(addr))
		return 0;
	return set_memory_ro(addr, 1);
}
