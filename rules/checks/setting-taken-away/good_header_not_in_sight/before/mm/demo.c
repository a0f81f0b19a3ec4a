#include <linux/demo.h>

int demo_protect(unsigned long addr)
{
	return demo_fill() == DEMO_FULL ? set_memory_ro(addr, 1) : 0;
}
