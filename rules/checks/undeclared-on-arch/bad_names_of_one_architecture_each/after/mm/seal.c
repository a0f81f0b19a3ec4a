#include <linux/set_memory.h>

int seal(unsigned long addr)
{
	if (!demo_pte_valid(addr))	/* BAD: 'demo_pte_valid' is not declared */
		return 0;
	if (demo_pte_young(addr))	/* BAD: 'demo_pte_young' is not declared */
		return 1;
	return set_memory_ro(addr, 1);
}
