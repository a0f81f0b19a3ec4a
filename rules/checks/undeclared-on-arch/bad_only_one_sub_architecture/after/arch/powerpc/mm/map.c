#include <linux/mm.h>
#include <asm/set_memory.h>

void demo_map_one(struct page *page, int enable)
{
	if (IS_ENABLED(CONFIG_PPC64) && !radix_enabled())
		demo_hash_map(page, enable); /* BAD */
	set_memory_p((unsigned long)page, 1);
}
