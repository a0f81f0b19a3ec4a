#include <linux/set_memory.h>

int seal(unsigned long addr)
{
	if (IS_ENABLED(CONFIG_ARM64))
		return set_memory_sealed(addr, 1);
	return set_memory_ro(addr, 1);
}
