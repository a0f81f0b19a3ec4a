#include <asm/set_memory.h>

int set_direct_map_invalid_noflush(struct page *page)
{
	return demo_change(page, 0);
}
