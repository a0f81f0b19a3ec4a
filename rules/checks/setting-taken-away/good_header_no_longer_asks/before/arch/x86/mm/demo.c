#define USE_EARLY_DEMO

#include <asm/demo.h>

int demo_map(unsigned long addr)
{
	return demo_enabled() ? set_memory_ro(addr, 1) : 0;
}
