#include <linux/set_memory.h>

int poison(unsigned long pfn)
{
	return set_mce_nospec(pfn);
}
