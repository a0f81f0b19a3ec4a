#include <linux/mm.h>

#ifdef CONFIG_64BIT
static int demo_split(unsigned long addr) /* BAD warning */
{
	return demo_pages(addr);
}
#endif

int demo_set(unsigned long addr)
{
#ifdef CONFIG_MMU
	return demo_split(addr); /* BAD error */
#else
	return 0;
#endif
}
