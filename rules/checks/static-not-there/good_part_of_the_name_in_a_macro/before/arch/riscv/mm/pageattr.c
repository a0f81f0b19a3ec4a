#include <linux/mm.h>

#ifdef CONFIG_64BIT
static int demo_split(unsigned long addr)
{
	return demo_pages(addr);
}
#endif

int demo_set(unsigned long addr)
{
#ifdef CONFIG_64BIT
	return demo_split(addr);
#else
	return 0;
#endif
}
