#include <linux/set_memory.h>

int set_memory_ro(unsigned long addr, int numpages)
{
	return 0;
}

#ifdef CONFIG_ARCH_HAS_SET_DIRECT_MAP
int set_direct_map_invalid_noflush(struct page *page)
{
	return change_one(page);
}
#endif
