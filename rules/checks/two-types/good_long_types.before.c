/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
#include <linux/set_memory.h>

static int demo_walk(unsigned long addr)
{
	demo_count(addr);
	set_memory_ro(addr, 1);
}
