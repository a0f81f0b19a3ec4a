#include <linux/set_memory.h>

#ifdef CONFIG_64BIT
static int demo_split(unsigned long addr)
{
	return demo_pages(addr);
}
#else
static int demo_split(unsigned long addr)
{
	return 0;
}
#endif

int set_memory_ro(unsigned long addr, int numpages)
{
	return demo_split(addr);
}
