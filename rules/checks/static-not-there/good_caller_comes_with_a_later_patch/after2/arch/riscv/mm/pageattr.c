#include <linux/set_memory.h>

static int demo_split(unsigned long addr)
{
	return demo_pages(addr);
}

int set_memory_ro(unsigned long addr, int numpages)
{
	return demo_split(addr);
}
