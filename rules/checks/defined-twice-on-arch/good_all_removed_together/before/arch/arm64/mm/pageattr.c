#include <linux/set_memory.h>

int set_memory_ro(unsigned long addr, int numpages)
{
	return 0;
}

int set_direct_map_invalid_noflush(struct page *page)
{
	return change_one(page);
}
