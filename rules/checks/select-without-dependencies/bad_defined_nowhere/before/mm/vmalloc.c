#include <linux/set_memory.h>

void vm_reset(struct page *page)
{
	set_direct_map_invalid_noflush(page);
}
