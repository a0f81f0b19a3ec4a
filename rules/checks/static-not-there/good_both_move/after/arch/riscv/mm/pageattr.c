#include <linux/mm.h>

#ifdef CONFIG_MMU
static int demo_split(unsigned long addr)
{
	return demo_pages(addr);
}
#endif

int demo_set(unsigned long addr)
{
#ifdef CONFIG_MMU
	return demo_split(addr);
#else
	return 0;
#endif
}
