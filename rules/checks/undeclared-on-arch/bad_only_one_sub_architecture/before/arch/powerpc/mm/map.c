#include <linux/mm.h>
#include <asm/set_memory.h>

void demo_map_one(struct page *page, int enable)
{
	set_memory_p((unsigned long)page, 1);
}
