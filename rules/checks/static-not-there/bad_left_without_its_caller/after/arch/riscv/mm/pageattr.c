#include <linux/mm.h>

static int demo_split(unsigned long addr) /* BAD warning: defined and not used */
{
	return demo_pages(addr);
}

int demo_set(unsigned long addr)
{
#ifdef CONFIG_64BIT
	return demo_split(addr);
#else
	return 0;
#endif
}
