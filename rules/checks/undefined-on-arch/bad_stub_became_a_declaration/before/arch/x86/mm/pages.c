#include <linux/set_memory.h>

int set_mce_nospec(unsigned long pfn)
{
	return change_bits(pfn);
}
