#include <linux/mm.h>

static int demo_split(unsigned long addr)
{
	return demo_pages(addr);
}

int demo_set(unsigned long addr)
{
	return demo_split(addr);
}
