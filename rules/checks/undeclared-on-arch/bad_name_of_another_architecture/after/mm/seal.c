#include <linux/set_memory.h>

int seal(unsigned long addr)
{
	if (!demo_pte_valid(addr))	/* BAD: 'demo_pte_valid' and 'demo_pmd_leaf' are not declared */
		return 0;
	if (demo_pmd_leaf(addr))
		return 1;
	return set_memory_ro(addr, 1);
}
