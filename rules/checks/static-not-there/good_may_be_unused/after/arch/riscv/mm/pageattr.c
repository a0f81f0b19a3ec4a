#include <linux/set_memory.h>

static __maybe_unused int demo_split(unsigned long addr)
{
	return demo_pages(addr);
}

int set_memory_ro(unsigned long addr, int numpages)
{
#ifdef CONFIG_64BIT
	return demo_split(addr);
#else
	return 0;
#endif
}
