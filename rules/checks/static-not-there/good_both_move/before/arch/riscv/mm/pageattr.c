#include <linux/set_memory.h>

#ifdef CONFIG_64BIT
static int demo_split(unsigned long addr)
{
	return demo_pages(addr);
}
#endif

int set_memory_ro(unsigned long addr, int numpages)
{
#ifdef CONFIG_64BIT
	return demo_split(addr);
#else
	return 0;
#endif
}
