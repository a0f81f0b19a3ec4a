#include <linux/mm.h>
#include <asm/set_memory.h>

void demo_map_one(struct page *page, int enable)
{
#ifdef CONFIG_PPC64
	if (!radix_enabled())
		demo_hash_map(page, enable);
#endif
	set_memory_p((unsigned long)page, 1);
}
